"""Judgments over the training."""
