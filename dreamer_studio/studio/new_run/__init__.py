"""The page of a new run: task, size, place, all settings, and the command that does the same."""
