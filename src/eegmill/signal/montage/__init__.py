"""Electrode names and template positions."""
