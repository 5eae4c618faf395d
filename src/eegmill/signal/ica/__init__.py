"""Independent components: fitted, labelled."""
