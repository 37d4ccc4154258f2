"""Counts the actions of stored episodes."""
