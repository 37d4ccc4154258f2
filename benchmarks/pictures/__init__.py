"""Screenshots of the window: for the documentation, and of every page in every size and theme."""
