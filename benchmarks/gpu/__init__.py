"""Measure everything that depends on a GPU, in one command: ``python -m benchmarks.gpu --minutes 8``."""
