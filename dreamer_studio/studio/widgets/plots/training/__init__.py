"""Curves of a training: lines with their averages, spreads of several runs, flags, marks and published scores."""
