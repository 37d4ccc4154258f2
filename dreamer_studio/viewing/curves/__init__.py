"""The rows and checkpoints behind the curves: the logs of other runs, and the list of runs to choose from."""
