"""Exports of a plot: its values as a table, and its figure."""
