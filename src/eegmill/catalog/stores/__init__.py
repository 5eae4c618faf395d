"""Where the catalogue is kept."""
