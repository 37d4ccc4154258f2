"""Measurements, against peers and over time. Not part of the package."""
