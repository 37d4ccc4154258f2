"""What can be saved of a plot: its values as a table, and its figure."""
