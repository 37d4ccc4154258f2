"""Compares groups of runs: performance profiles and the probability of improvement, as rliable defines them.

Scores come in strata as in `scores`: an array for each task, here (N_k,), with a number for each run.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dreamer_studio.arrays import Floats
from dreamer_studio.library.groups.scores import PERCENTILES, RESAMPLES, Banded, Strata, draw, may_draw


@dataclass(frozen=True)
class Improvement:
    """The probability that a run of one group scores higher than a run of another; a tie counts half.

    Attributes:
        value: the probability, 0 to 1.
        low, high: the 95% interval; None if a task of either group has a single run.
        wins: the Mann-Whitney U: pairs that the first group wins, ties half, over all tasks.
        pairs: all pairs of runs.
        runs, other_runs: the numbers of runs.
    """

    value: float
    low: float | None
    high: float | None
    wins: float
    pairs: int
    runs: int
    other_runs: int


def profile(strata: Strata, thresholds: Floats, resamples: int = RESAMPLES, seed: int = 0) -> Banded:
    """Return the share of runs above each threshold (T,), with 95% intervals of a stratified bootstrap."""
    pooled = np.sort(np.concatenate(strata))
    value = _shares_above(pooled[None], thresholds)[0]
    if not may_draw(strata):
        return Banded(value, None, None, len(pooled))
    draws = draw(strata, resamples, seed)
    drawn = np.concatenate([scores[chosen] for scores, chosen in zip(strata, draws, strict=True)], 1)
    low, high = np.percentile(_shares_above(drawn, thresholds), PERCENTILES, axis=0)
    return Banded(value, low, high, len(pooled))


def improvement(first: Strata, second: Strata, resamples: int = RESAMPLES, seed: int = 0) -> Improvement:
    """Compare the runs of two groups, task by task, and average over the tasks.

    Each resample draws the runs of each task and group on their own.

    Args:
        first: scores of the group that may be better.
        second: scores of the other group, for the same tasks in the same order.
        resamples: number of resamples.
        seed: of the draws.
    """
    wins = [_wins(scores, others) for scores, others in zip(first, second, strict=True)]
    low, high = None, None
    if may_draw(first) and may_draw(second):
        rng = np.random.default_rng(seed)
        drawn = np.mean([_resampled(each, resamples, rng) for each in wins], 0)
        low, high = (float(end) for end in np.percentile(drawn, PERCENTILES))
    return Improvement(
        float(np.mean([each.mean() for each in wins])),
        low,
        high,
        float(sum(each.sum() for each in wins)),
        sum(each.size for each in wins),
        _count(first),
        _count(second),
    )


def _count(strata: Sequence[Floats]) -> int:
    return sum(map(len, strata))


def _shares_above(scores: Floats, thresholds: Floats) -> Floats:
    """Return the shares (R, T) of the scores (R, N) above each threshold (T,)."""
    return np.stack([(scores > threshold).mean(1) for threshold in thresholds], 1)


def _wins(scores: Floats, others: Floats) -> Floats:
    """Return (N, M): 1 where a score is higher than another, 0.5 where both are equal, else 0."""
    return np.asarray(np.where(scores[:, None] == others, 0.5, scores[:, None] > others), np.float64)


def _resampled(wins: Floats, resamples: int, rng: np.random.Generator) -> Floats:
    """Return the mean (R,) of the wins (N, M) over drawn rows and columns."""
    rows, columns = (rng.multinomial(count, np.full(count, 1 / count), resamples) for count in wins.shape)
    return np.asarray(((rows @ wins) * columns).sum(1) / wins.size)
