"""Imagines several futures of one frame."""
