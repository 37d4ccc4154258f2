"""Screenshots of the window, for the documentation and for looking at every page in every size and theme."""
