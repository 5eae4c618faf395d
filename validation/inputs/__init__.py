"""Inputs as people have them, sound and faulty, each taken from its folder to a cleaned signal, and what became of it."""
