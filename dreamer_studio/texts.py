"""Puts texts of foreign code and files onto one line."""

from __future__ import annotations

_MOST_QUOTED = 300


def one_line(text: str) -> str:
    """Return a text on one line."""
    return " ".join(text.split())


def reason_of(error: BaseException) -> str:
    """Return the text of an error on one line, or its type if there is no text; cut a long text.

    A damaged file can put any text into an error.
    """
    text = one_line(str(error)) or type(error).__name__
    return text if len(text) <= _MOST_QUOTED else f"{text[:_MOST_QUOTED]}..."
