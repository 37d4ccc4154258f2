"""What the rules look at: the newest part of a run's log, its status, its newest actions and its newest judgment."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple

from dreamer_studio.arrays import Floats
from dreamer_studio.session import Status
from dreamer_studio.viewing.health.interval import Interval, interval_of

if TYPE_CHECKING:  # judging imports torch
    from dreamer_studio.trust.gauge import Gauge
    from dreamer_studio.trust.judgment import Judgment

UPDATES: Final = 100
"""Newest updates that the rules look at, as many as the sentence above the workspaces."""

ACTIONS: Final = 1000
"""Newest agent steps whose actions the rules look at."""


class Tested(NamedTuple):
    """A test beside the training episodes that ended since the test before.

    Attributes:
        step: environment steps of the run.
        mean: mean return of the test.
        lowest, highest: returns of the training episodes; NaN if there are none.
        episodes: number of the training episodes.
    """

    step: int
    mean: float
    lowest: float
    highest: float
    episodes: int


@dataclass(frozen=True)
class Returns:
    """The returns of all episodes in the log.

    Attributes:
        count: number of episodes.
        highest, lowest: the best and the worst return; infinite before the first episode.
        per_step: the best mean reward for each agent step of an episode.
    """

    count: int = 0
    highest: float = -math.inf
    lowest: float = math.inf
    per_step: float = -math.inf


@dataclass(frozen=True, eq=False)
class Evidence:
    """What is known of a run.

    Attributes:
        status: of the session.
        updates: values of the newest updates by name, at most `UPDATES` each, oldest first.
        attempts: for each of the newest attempts at an update, whether it was skipped; oldest first.
        not_finite: what was not finite in the newest skipped update.
        returns: of all episodes.
        tests: the tests in the log, oldest first.
        actions: (N, A), the newest executed actions of the policy, at most `ACTIONS`, oldest first; None before any.
        judgment: the newest judgment; None if there is none.
        judged: the update of its weights.
    """

    status: Status
    updates: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    attempts: tuple[bool, ...] = ()
    not_finite: str = ""
    returns: Returns = Returns()
    tests: tuple[Tested, ...] = ()
    actions: Floats | None = None
    judgment: Judgment | None = None
    judged: int | None = None

    def recent(self, name: str) -> Interval | None:
        """Return the mean of a quantity over the newest updates; None if there are too few."""
        return interval_of(self.updates.get(name, ()))

    def gauge(self, name: str) -> Gauge | None:
        """Return a gauge of the newest judgment; None if nothing was judged."""
        return None if self.judgment is None else self.judgment.gauges.get(name)

    @property
    def judged_at(self) -> str:
        """Say which weights were judged; empty if that is not known."""
        return "" if self.judged is None else f" (update {self.judged:,})"
