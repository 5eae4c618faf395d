"""A raw BIDS recording becomes a Recording."""
