"""The averages, profiles and comparisons of groups of runs, from their logs."""
