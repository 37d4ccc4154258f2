"""The list of runs, with its search, its keys and its menu: the start page and the workspace Runs show it."""
