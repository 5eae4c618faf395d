"""What was done, with what, to which bytes; and the proof."""
