"""The preferences of the window."""
