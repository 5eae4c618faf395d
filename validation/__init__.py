"""What eegmill is held against: comparisons with other software, and measurements. ``python -m validation`` makes them."""
