"""How a run is seen while it goes on: in a terminal, as plain lines, as JSON lines."""
