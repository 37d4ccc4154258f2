"""A rule: its name, the gauge that shows more, and the look at the evidence."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from dreamer_studio.texts import rounded
from dreamer_studio.viewing.health.evidence import Evidence
from dreamer_studio.viewing.health.finding import Finding, Level
from dreamer_studio.viewing.health.interval import FEWEST, Interval

FEW_UPDATES: Final = f"fewer than {FEWEST} updates so far"
NOT_JUDGED: Final = "no weights have been judged yet; Trust judges them"


@dataclass(frozen=True)
class Answer:
    """The answer of a look: the level, and the sentence with its numbers or the reason."""

    level: Level
    sentence: str


@dataclass(frozen=True)
class Rule:
    """A rule.

    Attributes:
        key: its name in code.
        title: what the rule looks at.
        try_: what to do if it speaks.
        gauge: name of the Trust gauge that shows more; empty if there is none.
        look: returns the answer.
    """

    key: str
    title: str
    try_: str
    gauge: str
    look: Callable[[Evidence], Answer]

    def examine(self, evidence: Evidence) -> Finding:
        """Return what the rule finds."""
        answer = self.look(evidence)
        speaks = answer.level in ("red", "yellow")
        return Finding(self.key, self.title, answer.level, answer.sentence, self.try_ if speaks else "", self.gauge)


def red(sentence: str) -> Answer:
    """Answer that the training learns nothing useful."""
    return Answer("red", sentence)


def yellow(sentence: str) -> Answer:
    """Answer that something is worth a look."""
    return Answer("yellow", sentence)


def fine(sentence: str) -> Answer:
    """Answer that nothing is wrong."""
    return Answer("fine", sentence)


def unknown(reason: str) -> Answer:
    """Answer that nothing can be said yet, and why."""
    return Answer("cannot tell", f"Cannot tell yet: {reason}.")


def written(interval: Interval) -> str:
    """Write a mean with its interval, such as 1.07 (1.02 to 1.12)."""
    return f"{rounded(interval.value)} ({rounded(interval.low)} to {rounded(interval.high)})"
