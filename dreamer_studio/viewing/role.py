"""The roles that colors, curves and titles distinguish. The theme gives each a color."""

from enum import StrEnum


class Role(StrEnum):
    """The meaning of a color. A word that says the same stands beside every use of the color."""

    REAL = "real"  # recorded frames and rewards
    MODEL = "model"  # what the model says about frames that it saw
    DREAM = "dream"  # what the model imagines
    ERROR = "error"  # differences between the two, and failures
    OK = "ok"
    WARN = "warn"
    NEUTRAL = "neutral"
