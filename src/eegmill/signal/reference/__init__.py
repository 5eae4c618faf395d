"""What potentials are measured against."""
