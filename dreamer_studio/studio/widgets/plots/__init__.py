"""Plots that know no feature."""
