"""What BIDS says of names, sidecars and companions: pure, no signal and no network."""
