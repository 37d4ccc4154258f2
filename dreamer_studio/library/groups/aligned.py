"""Brings the tests of several runs onto common positions, so that they can be averaged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from dreamer_studio.arrays import Floats
from dreamer_studio.library.groups.test_log import TestCurve, Unit

MOST_POINTS: Final = 100
"""Most common positions. If there are more, an even selection is kept."""


@dataclass(frozen=True, eq=False)
class Aligned:
    """The returns of N runs at common positions.

    Attributes:
        across: (T,), the positions, ascending.
        score: (N, T), the mean return of each run's newest test at or before a position.
    """

    across: Floats
    score: Floats


def align(curves: Sequence[TestCurve], unit: Unit, most: int = MOST_POINTS) -> Aligned:
    """Bring runs onto common positions, stepwise: each test counts until the next one.

    A position is reached as soon as every run has a new test, so runs that were tested at the same steps meet there,
    and each position holds new numbers only. Positions end with the run that ends first: nothing is extended beyond
    the tests of a run. Leave out runs without a test.

    Args:
        curves: tests of one run or more, each with at least one.
        unit: unit of the positions.
        most: most positions to return.
    """
    each = [np.maximum.accumulate(curve.across(unit)) for curve in curves]
    common = _meetings(each)
    if len(common) > most:
        common = common[np.linspace(0, len(common) - 1, most).round().astype(np.int64)]
    score = np.stack([_newest_at(common, across, curve.mean) for across, curve in zip(each, curves, strict=True)])
    return Aligned(common, score)


def _meetings(each: Sequence[Floats]) -> Floats:
    """Return the positions at which every run has a new test since the position before."""
    found: list[float] = []
    after = -np.inf
    while True:
        places = [int(np.searchsorted(across, after, side="right")) for across in each]
        if any(place == len(across) for place, across in zip(places, each, strict=True)):
            return np.array(found, np.float64)
        after = max(float(across[place]) for place, across in zip(places, each, strict=True))
        found.append(after)


def _newest_at(positions: Floats, across: Floats, value: Floats) -> Floats:
    """Return the value of the last entry at or before each position."""
    return value[np.searchsorted(across, positions, side="right") - 1]
