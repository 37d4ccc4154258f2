"""Histograms of actions. Imports no torch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dreamer_studio.arrays import Floats

EPISODES: Final = 20
"""Most episodes to count; the newest count."""

BINS: Final = 21
"""Bins from -1 to 1; the middle one is around 0."""

LIMIT: Final = 0.99
"""An action counts as saturated from this absolute value on."""


@dataclass(frozen=True, eq=False)
class ActionCounts:
    """The actions of some episodes, counted; the reset of each episode has none.

    Attributes:
        first, last: the smallest and the largest number of the counted episodes.
        episodes: how many are counted.
        left: how many are still to be read.
        steps: agent steps in them.
        discrete: whether the actions are choices.
        counts: (A, B) per dimension and bin; for choices (A, 1), how often each was made.
        low, high: (A,), how often a dimension was saturated at -1 and at +1; zeros for choices.
    """

    first: int
    last: int
    episodes: int
    left: int
    steps: int
    discrete: bool
    counts: NDArray[np.int64]
    low: NDArray[np.int64]
    high: NDArray[np.int64]

    @property
    def saturated(self) -> Floats:
        """Return the share of steps in which each dimension was saturated, (A,)."""
        share: Floats = (self.low + self.high) / max(1, self.steps)
        return share

    @property
    def entropy(self) -> float:
        """Return the entropy of the choices made, in nats. At most the logarithm of the number of choices."""
        share = self.counts[:, 0] / max(1, self.steps)
        share = share[share > 0]
        return float(-(share * np.log(share)).sum())
