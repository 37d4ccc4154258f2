"""Dreamer Studio: train a DreamerV1 world model and look inside it, live."""

__version__ = "0.1.0"
