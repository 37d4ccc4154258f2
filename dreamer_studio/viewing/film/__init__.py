"""Films of what the window shows."""
