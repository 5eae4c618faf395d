"""Datasets: found in a catalogue."""
