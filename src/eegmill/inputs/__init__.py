"""Pinned raw files: resolved to a lock, then fetched."""
