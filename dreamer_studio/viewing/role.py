"""The roles that colors, curves and titles distinguish. The theme gives each a color."""

from enum import StrEnum


class Role(StrEnum):
    """What a color means. Every use of a role's color stands beside a word that says the same."""

    REAL = "real"  # what the environment showed or paid
    MODEL = "model"  # what the model says about frames that it saw
    DREAM = "dream"  # what the model makes up from here on
    ERROR = "error"  # differences between the two, and failures
    OK = "ok"
    WARN = "warn"
    NEUTRAL = "neutral"
