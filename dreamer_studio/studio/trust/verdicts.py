"""Verdicts in words, marks and colors."""

from __future__ import annotations

import math
from typing import Final

from dreamer_studio.texts import rounded
from dreamer_studio.trust.measured import Measured, Verdict
from dreamer_studio.viewing.role import Role

_MARKS: Final[dict[Verdict, str]] = {
    "holds": "\N{CHECK MARK}",
    "fails": "\N{MULTIPLICATION X}",
    "cannot tell": "?",
}
_ROLES: Final[dict[Verdict, Role]] = {"holds": Role.OK, "fails": Role.ERROR, "cannot tell": Role.WARN}


def role_of(verdict: Verdict) -> Role:
    """Return the role whose color shows a verdict."""
    return _ROLES[verdict]


def verdict_text(verdict: Verdict) -> str:
    """Return a verdict with its mark, which tells verdicts apart without their colors."""
    return f"{_MARKS[verdict]} {verdict}"


def number_text(measured: Measured) -> str:
    """Return a number with its interval, such as "1.04 (0.98 to 1.12)"."""
    if not math.isfinite(measured.value):
        return "not known"
    value = rounded(measured.value)
    if not (math.isfinite(measured.low) and math.isfinite(measured.high)):
        return value
    return f"{value} ({rounded(measured.low)} to {rounded(measured.high)})"
