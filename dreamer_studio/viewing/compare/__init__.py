"""Compares checkpoints on one scene."""
