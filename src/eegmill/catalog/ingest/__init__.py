"""How documents get into a store, and out."""
