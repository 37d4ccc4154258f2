"""The settings of a running training as the user edits them, and the list of their changes."""
