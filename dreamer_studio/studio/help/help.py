"""A help text in three parts."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

HEADINGS: Final = ("Shows", "Good or bad", "Try")
"""What the three parts are called."""


@dataclass(frozen=True)
class Help:
    """The text behind a ?, in plain sentences. Words of the glossary in it become links.

    Attributes:
        shows: the contents of the card, and what the model was allowed to see.
        good: what good and bad look like, with usual ranges where we have measured any.
        try_: what to do next.

    Raises:
        ValueError: a part is empty, or is no sentence.
    """

    shows: str
    good: str
    try_: str

    def __post_init__(self) -> None:
        for part in self.parts:
            if not re.fullmatch(r"\S.*[.?]", part):
                raise ValueError(f"a part of a help text is sentences, not {part!r}")

    @property
    def parts(self) -> tuple[str, str, str]:
        """Return the three texts, in the order of `HEADINGS`."""
        return self.shows, self.good, self.try_

    @property
    def plain(self) -> str:
        """Return the three parts with their headings, for screen readers."""
        return "\n\n".join(f"{heading}: {part}" for heading, part in zip(HEADINGS, self.parts, strict=True))
