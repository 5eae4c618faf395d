"""What cleaning does to a result: all combinations of a recipe's choices, measured and compared."""
