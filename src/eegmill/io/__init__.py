"""All disk and network."""
