"""Statistics of many runs: runs that differ only by their seeds, their tests on one axis, averages and intervals."""
