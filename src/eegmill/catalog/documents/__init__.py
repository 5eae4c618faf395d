"""The documents of the catalogue."""
