"""The catalogue in MongoDB."""
