"""The pace at which scenes play."""

FRAMES_PER_SECOND = 20.0
"""At speed 1: about as fast as the tasks of the Control Suite run with an action repeat of 2."""
