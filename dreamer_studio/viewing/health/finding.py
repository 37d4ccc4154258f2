"""The answer of a rule, and of all rules together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

Level = Literal["red", "yellow", "fine", "cannot tell"]
"""What a rule says: the training learns nothing useful, it is worth a look, nothing is wrong, or no answer yet."""

LEVELS: Final[tuple[Level, ...]] = ("red", "yellow", "cannot tell", "fine")
"""The order in which a list shows findings."""


@dataclass(frozen=True)
class Finding:
    """The answer of one rule.

    Attributes:
        rule: the key of the rule.
        title: what the rule looks at, in a few words.
        level: what it says.
        sentence: what was found, with its numbers; why nothing can be said if the level is "cannot tell".
        try_: what to do; empty unless the level is red or yellow.
        gauge: name of the Trust gauge that shows more; empty if there is none.
    """

    rule: str
    title: str
    level: Level
    sentence: str
    try_: str = ""
    gauge: str = ""

    @property
    def speaks(self) -> bool:
        """Return whether the rule has found something wrong."""
        return self.level in ("red", "yellow")


@dataclass(frozen=True)
class Health:
    """The answers of all rules, in the order of `LEVELS`."""

    findings: tuple[Finding, ...] = ()

    @property
    def level(self) -> Level:
        """Return the worst level. "fine" takes at least one rule that can tell, and none that speaks."""
        levels = {finding.level for finding in self.findings}
        order: Sequence[Level] = ("red", "yellow", "fine", "cannot tell")
        return next((level for level in order if level in levels), "cannot tell")

    @property
    def speaking(self) -> tuple[Finding, ...]:
        """Return the findings of the rules that have found something wrong."""
        return tuple(finding for finding in self.findings if finding.speaks)

    @property
    def summary(self) -> str:
        """Say in one sentence how the run is."""
        speaking, unknown = len(self.speaking), sum(each.level == "cannot tell" for each in self.findings)
        rest = f"; {unknown} cannot tell yet" if unknown else ""
        if speaking:
            rules = "1 rule has" if speaking == 1 else f"{speaking} rules have"
            return f"{rules} found something{rest}"
        fine = len(self.findings) - unknown
        return f"{fine} of {len(self.findings)} rules find nothing wrong{rest}" if fine else "Nothing can be told yet"
