"""The Runs workspace: the list of runs beside the average curves of groups of seeds, and a comparison of two groups."""
