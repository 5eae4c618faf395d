"""Numerics on recordings: no steps, no decisions, no disk."""
