"""Plots that know no feature of the program."""
