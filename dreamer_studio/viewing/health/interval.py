"""The mean of a quantity over the newest updates or steps, with an interval that allows for slow changes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from dreamer_studio.arrays import Floats

BLOCKS: Final = 10
STUDENT: Final = 2.262
"""The 97.5% quantile of Student's t with `BLOCKS` - 1 degrees of freedom."""

FEWEST: Final = 20
"""Fewest values for an interval: two in each block."""


@dataclass(frozen=True)
class Interval:
    """A mean with its 95% interval.

    Attributes:
        value: the mean.
        low, high: the ends of the interval.
        n: number of values.
    """

    value: float
    low: float
    high: float
    n: int


def interval_of(values: Sequence[float] | Floats) -> Interval | None:
    """Return the mean of values (N,) in order of time; None if there are fewer than `FEWEST`, or one is not finite.

    Consecutive values resemble each other, so they do not count one by one. The interval is that of batch means
    (Law and Kelton, Simulation Modeling and Analysis, Sec. 9.5.3): mean +- t s / sqrt(`BLOCKS`), with the deviation s
    of the means of `BLOCKS` blocks of equal length. The oldest values that fill no block are left out.
    """
    size = len(values) // BLOCKS
    if len(values) < FEWEST:
        return None
    newest = np.asarray(values, np.float64)[-size * BLOCKS :]
    if not np.isfinite(newest).all():
        return None
    means = newest.reshape(BLOCKS, size).mean(1)
    value, half = float(means.mean()), STUDENT * float(means.std(ddof=1)) / math.sqrt(BLOCKS)
    return Interval(value, value - half, value + half, len(newest))
