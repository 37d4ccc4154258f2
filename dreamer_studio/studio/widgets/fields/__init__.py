"""Boxes to type or choose a value, and how they share keys, wheel and focus with the images."""
