"""Follows the running episode."""
