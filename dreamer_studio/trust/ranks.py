"""Rank correlations with intervals over episodes. No torch."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dreamer_studio.arrays import Floats
from dreamer_studio.trust.measured import FEWEST_EPISODES, RESAMPLES, Judge, Measured, judged

_PART: Final = 100
"""Resamples ranked at once."""


@dataclass(frozen=True, eq=False)
class RankCorrelations:
    """Spearman correlations of M quantities with a target.

    Attributes:
        value: (M,), of all rows.
        resampled: (R, M), of bootstrap resamples over episodes; NaN with fewer than `FEWEST_EPISODES` episodes.
        n: number of episodes.
    """

    value: Floats
    resampled: Floats
    n: int

    def measured(self, index: int, judge: Judge) -> Measured:
        """Measure one correlation and judge its interval."""
        return self._measure(self.value[index], self.resampled[:, index], judge)

    def difference(self, index: int, other: int, judge: Judge) -> Measured:
        """Measure how much larger one correlation is than another, on the same resamples."""
        difference = self.resampled[:, index] - self.resampled[:, other]
        return self._measure(self.value[index] - self.value[other], difference, judge)

    def _measure(self, value: float, resampled: Floats, judge: Judge) -> Measured:
        known = np.isfinite(resampled).all()
        low, high = np.percentile(resampled, (2.5, 97.5)) if known else (math.nan, math.nan)
        return judged(float(value), float(low), float(high), self.n, judge)


def rank_correlations(
    episode: NDArray[np.int64], quantities: Floats, target: Floats, resamples: int = RESAMPLES
) -> RankCorrelations:
    """Correlate the ranks of quantities (N, M) with those of a target (N,).

    Each resample draws whole episodes (N,) with replacement and ranks their rows again. Equal numbers share the mean
    of their ranks. A quantity that never changes has correlation 0.
    """
    _, place = np.unique(episode, return_inverse=True)
    count = int(place.max()) + 1 if len(place) else 0
    columns = [np.unique(numbers, return_inverse=True)[1] for numbers in (target, *quantities.T)]
    value = _correlations(columns, np.ones((1, len(place))))[0]
    if count < FEWEST_EPISODES:
        return RankCorrelations(value, np.full((1, len(value)), math.nan), count)
    draws = np.random.default_rng(0).multinomial(count, np.full(count, 1 / count), resamples).astype(np.float64)
    parts = [_correlations(columns, draws[first : first + _PART, place]) for first in range(0, resamples, _PART)]
    return RankCorrelations(value, np.concatenate(parts), count)


def _correlations(columns: list[NDArray[np.int64]], weights: Floats) -> Floats:
    """Return correlations (R, M) of M ordinal columns (N,) with the first one, in R samples of weights (R, N)."""
    centered = []
    for column in columns:
        ranks = _ranks(column, weights)
        centered.append(ranks - (ranks * weights).sum(1, keepdims=True) / weights.sum(1, keepdims=True))
    target, *others = centered
    found = []
    for other in others:
        both, scale = (weights * other * target).sum(1), (weights * other**2).sum(1) * (weights * target**2).sum(1)
        found.append(np.divide(both, np.sqrt(scale), out=np.zeros_like(both), where=scale > 0))
    return np.stack(found, -1)


def _ranks(column: NDArray[np.int64], weights: Floats) -> Floats:
    """Return the mean rank (R, N) of each row's value, where row n occurs weights[r, n] times."""
    size = int(column.max(initial=-1)) + 1
    times = np.stack([np.bincount(column, row, size) for row in weights])
    return np.asarray((np.cumsum(times, 1) - (times - 1) / 2)[:, column])
