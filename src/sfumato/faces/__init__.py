"""Ways in: command line and others."""
