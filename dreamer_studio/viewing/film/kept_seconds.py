"""The seconds of the screen that the program keeps for a film."""

from typing import Final

SECONDS: Final = (5, 120)
"""Fewest and most seconds."""

FIRST_SECONDS: Final = 20
"""Seconds until the user chooses others."""
