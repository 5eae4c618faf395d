"""Pages for people: one a recording, one a dataset."""
