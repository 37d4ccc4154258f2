"""A gauge: one answer about the model, with the numbers behind it. No torch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from dreamer_studio.arrays import Floats
from dreamer_studio.trust.measured import FEWEST_EPISODES, Measured, Statistic, intervals, sums_by_episode

Stretch = tuple[int, int]
"""First and last of consecutive steps, counted from 1."""


@dataclass(frozen=True, eq=False)
class Curve:
    """A quantity at each of L steps of the open loops, each array (L,); NaN where unknown.

    Attributes:
        value, low, high: over all starts, with its 95% interval over episodes.
        median, lower, upper: median and quartiles over the starts.
        n: episodes that reach the step.
        episode: (E,), indices of the episodes.
        sums: (L, E, K), the sums over each episode from which the values follow; zeros where an episode lacks the step.
            Both are empty for a curve without episodes.
    """

    value: Floats
    low: Floats
    high: Floats
    median: Floats
    lower: Floats
    upper: Floats
    n: NDArray[np.int64]
    episode: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))
    sums: Floats = field(default_factory=lambda: np.empty((0, 0, 0)))

    def last_above(self, ends: Floats) -> int | None:
        """Return the last step, counted from 1, at which an end of the interval is above 0; None if all are unknown."""
        if not np.isfinite(ends).any():
            return None
        above = np.flatnonzero(np.nan_to_num(ends) > 0)
        return int(above[-1]) + 1 if len(above) else 0

    def dips(self, ends: Floats) -> tuple[Stretch, ...]:
        """Return the stretches of steps before `last_above` at which the interval's end is known and not above 0."""
        last = self.last_above(ends) or 0
        dips: list[Stretch] = []
        for step in np.flatnonzero(ends[:last] <= 0) + 1:
            first = dips.pop()[0] if dips and dips[-1][1] == step - 1 else int(step)
            dips.append((first, int(step)))
        return tuple(dips)


@dataclass(frozen=True, eq=False)
class Points:
    """N predicted numbers beside the real ones.

    Attributes:
        real, predicted: (N,), in the unit of the gauge.
        episode: (N,), index of the held-out episode; row: (N,), its row.
    """

    real: Floats
    predicted: Floats
    episode: NDArray[np.int64]
    row: NDArray[np.int64]

    def at(self, places: NDArray[np.int64]) -> Points:
        """Return the points at these places."""
        return Points(self.real[places], self.predicted[places], self.episode[places], self.row[places])


@dataclass(frozen=True, eq=False)
class Gauge:
    """One answer about the model.

    Attributes:
        measured: the number on top.
        reason: why the gauge cannot tell, or what it found, in words; may be empty.
        details: further numbers by name.
        curves: quantities by step of the open loops, by name.
        by_episode: sums of the quantities in each episode, by name, (E,); `episode` has the indices of the episodes.
        points: the numbers behind a correlation; None for other gauges.
    """

    measured: Measured
    reason: str = ""
    details: dict[str, Measured] = field(default_factory=dict)
    curves: dict[str, Curve] = field(default_factory=dict)
    by_episode: dict[str, Floats] = field(default_factory=dict)
    points: Points | None = None


def curve_of(
    episode: NDArray[np.int64], columns: Floats, there: NDArray[np.bool_], statistic: Statistic, each: Floats
) -> Curve:
    """Measure a quantity at each step.

    Args:
        episode: (N,), of each start.
        columns: (L, N, K), the numbers whose sums over episodes the statistic reads.
        there: (L, N), where the numbers exist.
        statistic: maps sums (..., K) to the quantity (...).
        each: (L, N), the quantity of each start alone, for median and quartiles.
    """
    rows, all_sums = [], []
    for numbers, there_now, single in zip(columns, there, each, strict=True):
        exists = there_now & np.isfinite(numbers).all(-1)
        sums = sums_by_episode(episode[exists], numbers[exists])
        all_sums.append(sums_by_episode(episode, np.where(exists[:, None], numbers, 0.0)))
        if len(sums) == 0:
            rows.append((*[np.nan] * 6, 0))
            continue
        found = intervals(sums, statistic)
        with np.errstate(invalid="ignore"):  # a start whose null is exact has a skill of minus infinity
            quartiles = np.percentile(single[exists], (50, 25, 75))
        enough = len(sums) >= FEWEST_EPISODES
        ends = (found.low[0], found.high[0]) if enough else (np.nan, np.nan)
        rows.append((found.value[0], *ends, *quartiles, len(sums)))
    *numbers_of, n = zip(*rows, strict=True)
    value, low, high, median, lower, upper = (np.array(column, np.float64) for column in numbers_of)
    counts = np.array(n, np.int64)
    return Curve(value, low, high, median, lower, upper, counts, np.unique(episode), np.stack(all_sums))


def named_sums(episode: NDArray[np.int64], names: Sequence[str], sums: Floats) -> dict[str, Floats]:
    """Name the columns of sums (E, K) over the rows of each episode in `episode` (N,), for `Gauge.by_episode`."""
    return {"episode": np.unique(episode).astype(np.float64), **dict(zip(names, sums.T, strict=True))}


def mean_of_sums(sums: Floats) -> Floats:
    """Return the mean from sums (..., 2) of the number and of 1."""
    return np.asarray(sums[..., 0] / sums[..., 1])


def skill_of_sums(sums: Floats) -> Floats:
    """Return the skill, 1 - error / error of the null, from sums (..., 2) of error and error of the null."""
    return np.asarray(1 - sums[..., 0] / sums[..., 1])


def ratio_of_sums(sums: Floats) -> Floats:
    """Return the ratio from sums (..., 2) of numerator and denominator."""
    return np.asarray(sums[..., 0] / sums[..., 1])
