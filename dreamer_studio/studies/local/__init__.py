"""Trains the runs of a study in processes of this machine."""
