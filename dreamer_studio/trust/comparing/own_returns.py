"""Imagined against real return of a run's own checkpoints. No torch."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from dreamer_studio.arrays import Floats
from dreamer_studio.trust.gauge import Gauge, mean_of_sums
from dreamer_studio.trust.measured import (
    FEWEST_EPISODES,
    RESAMPLES,
    UNKNOWN,
    Measured,
    above,
    judged,
    measure,
    unjudged,
)


@dataclass(frozen=True, eq=False)
class OwnReturns:
    """Returns from the starts in a checkpoint's own episodes, over the steps of a dream.

    Attributes:
        sums: (E, 3), imagined and real returns over the starts of each episode, and their number.
    """

    sums: Floats

    @property
    def imagined(self) -> Measured:
        """Return the mean imagined return from a start."""
        return measure(self.sums[:, [0, 2]], mean_of_sums, unjudged)

    @property
    def real(self) -> Measured:
        """Return the mean real return from a start."""
        return measure(self.sums[:, [1, 2]], mean_of_sums, unjudged)


def own_returns_of(gap: Gauge | None) -> OwnReturns | None:
    """Read the returns behind the gauge of the dream gap; None if no episode was long enough."""
    found = {} if gap is None else gap.by_episode
    if "starts" not in found:
        return None
    return OwnReturns(np.stack([found[name] for name in ("imagined", "real", "starts")], -1))


def rank_agreement(checkpoints: Sequence[OwnReturns], seed: int = 0) -> Measured:
    """Measure Spearman's correlation of imagined and real returns over K checkpoints; `n` is K.

    Each resample draws K checkpoints, and episodes of each drawn checkpoint. With fewer than four checkpoints there is
    no interval. Equal numbers share the mean of their ranks; returns that never change have correlation 0.
    """
    count = len(checkpoints)
    if count < 2:
        return replace(UNKNOWN, n=count)
    value = _spearman(np.stack([each.sums.sum(0) for each in checkpoints]))
    if count < FEWEST_EPISODES:
        return replace(UNKNOWN, value=value, n=count)
    rng = np.random.default_rng(seed)
    resampled = np.empty(RESAMPLES)
    for place in range(RESAMPLES):
        drawn = [checkpoints[index].sums for index in rng.integers(count, size=count)]
        resampled[place] = _spearman(np.stack([sums[rng.integers(len(sums), size=len(sums))].sum(0) for sums in drawn]))
    low, high = np.percentile(resampled, (2.5, 97.5))
    return judged(value, float(low), float(high), count, above(0.0))


def _spearman(sums: Floats) -> float:
    """Correlate the ranks of the means of imagined and real returns, from sums (K, 3)."""
    imagined, real = (_ranks(sums[:, column] / sums[:, 2]) for column in (0, 1))
    scale = math.sqrt(float((imagined**2).sum() * (real**2).sum()))
    return float(imagined @ real) / scale if scale else 0.0


def _ranks(numbers: Floats) -> Floats:
    """Return the mean rank of each number (K,), less the mean of all ranks."""
    less = (numbers[:, None] > numbers).sum(1)
    same = (numbers[:, None] == numbers).sum(1)
    ranks = np.asarray(less + same / 2, np.float64)
    return np.asarray(ranks - ranks.mean())
