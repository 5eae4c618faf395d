"""Where raw files lie: one module a kind of store, one contract for all."""
