"""Plain files: whole or absent, with digests, as tables."""
