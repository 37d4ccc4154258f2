"""Trains studies on a Ray cluster. Only this folder imports Ray, which is an extra."""
