"""Tells the user what came of a request."""
