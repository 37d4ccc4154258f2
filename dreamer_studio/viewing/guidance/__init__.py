"""Texts for a new user: one sentence on the run's state, what is usual at this step, and first-run hints."""
