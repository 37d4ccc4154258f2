"""Compares models through the gauges: checkpoints of a run, or of several runs of one task."""
