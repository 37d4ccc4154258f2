"""The start page: resume a run, begin a run, look at the example, and the list of all runs."""
