"""The pace and the length of scenes on show."""

FRAMES_PER_SECOND = 20.0
"""At speed 1: about as fast as the tasks of the Control Suite run with an action repeat of 2."""

FIRST_VIEWING_HORIZON = 45
"""Agent steps of a dream until a person sets another viewing horizon."""
