"""The settings of a running training as a person edits them, and the list of their changes."""
