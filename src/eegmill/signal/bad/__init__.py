"""Measures that tell bad channels from good ones."""
