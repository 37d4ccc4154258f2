"""Plots that paint themselves, without pyqtgraph."""
