"""The pace and the length of scenes on show."""

FRAMES_PER_SECOND = 20.0
"""Frame rate at speed 1: about that of the Control Suite's tasks with an action repeat of 2."""

FIRST_VIEWING_HORIZON = 45
"""Agent steps of a dream until the user sets another viewing horizon."""

FIRST_CONTEXT = 5
"""Frames that the model sees until the user sets another context."""

MOST_ROWS = 10**6
"""Largest number that the user can enter for a frame of an episode."""
