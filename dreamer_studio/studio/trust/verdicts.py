"""Verdicts in words, marks and colors."""

from __future__ import annotations

from typing import Final

from dreamer_studio.trust.measured import Verdict
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
