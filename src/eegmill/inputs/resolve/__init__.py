"""From a dataset to a lock."""
