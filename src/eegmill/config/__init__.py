"""What a user asks for: configuration, recipes, overrides."""
