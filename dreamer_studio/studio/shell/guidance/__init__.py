"""The line above the workspaces: one sentence on the run's state, and hints for a new user."""
