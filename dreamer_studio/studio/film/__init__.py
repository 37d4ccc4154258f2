"""Exports of what is on screen and of imagined rollouts."""
