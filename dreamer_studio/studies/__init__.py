"""Studies: many runs of tasks, settings and seeds, described by one file and started together."""
