"""Words for a newcomer: one sentence on the run's state, what is usual at this step, and first-run hints."""
