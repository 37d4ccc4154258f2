"""Runs the real environment beside a dream."""
