"""The command palette: one field that finds actions, runs, tasks, settings, checkpoints and bookmarks."""
