"""BIDS derivatives: written, read back, exported."""
