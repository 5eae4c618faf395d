"""From a lock to raw files, verified."""
