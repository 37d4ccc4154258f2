"""Brings the tests of several runs onto common positions, so that they can be averaged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from dreamer_studio.arrays import Floats
from dreamer_studio.library.groups.test_log import TestCurve, Unit

MOST_POINTS: Final = 100
"""Common positions, at most; of more, some are left out at even distances."""


@dataclass(frozen=True, eq=False)
class Aligned:
    """The returns of N runs at common positions.

    Attributes:
        across: (T,), the positions, ascending.
        score: (N, T), the mean return of each run's newest test at or before a position.
    """

    across: Floats
    score: Floats

    def at(self, position: float) -> Floats | None:
        """Return the scores (N,) at the last common position up to `position`, or None before the first."""
        place = int(np.searchsorted(self.across, position, side="right")) - 1
        return self.score[:, place] if place >= 0 else None


def align(curves: Sequence[TestCurve], unit: Unit, most: int = MOST_POINTS) -> Aligned:
    """Bring runs onto the positions of all their tests, stepwise: each test counts until the next one.

    A position counts only if every run has a test at or before it, and one at or after it, so nothing is extended
    beyond the tests of a run. Runs without a test are to be left out.

    Args:
        curves: tests of one run or more, each with at least one.
        unit: of the positions.
        most: number of positions.
    """
    each = [np.maximum.accumulate(curve.across(unit)) for curve in curves]
    low, high = max(across[0] for across in each), min(across[-1] for across in each)
    common = np.unique(np.concatenate(each))
    common = common[(common >= low) & (common <= high)]
    if len(common) > most:
        common = common[np.linspace(0, len(common) - 1, most).round().astype(np.int64)]
    score = np.stack([_newest_at(common, across, curve.mean) for across, curve in zip(each, curves, strict=True)])
    return Aligned(common, score)


def _newest_at(positions: Floats, across: Floats, value: Floats) -> Floats:
    """Return the value of the last entry at or before each position."""
    return value[np.searchsorted(across, positions, side="right") - 1]
