"""The start page: resume a run, begin a run, look at the example, above the list of all runs."""
