"""Health in the window: the dot in the status bar, and the list of findings."""
