"""What can be wrong with a recording, each fault in a module of its own: numbers only, the step ``inspect`` decides."""
