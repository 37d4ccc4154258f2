"""The start page: go on, begin a run, look at the example, and the list of all runs."""
