"""Changing the latents of a scene: their rows, their map, and the edits."""
