"""Averages over many runs with their intervals, as rliable defines them (Agarwal et al. 2021, arXiv 2108.13264).

Scores come in strata: an array for each task, with a number for each run. A bootstrap draws the runs of each task on
its own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dreamer_studio.arrays import Floats

RESAMPLES: Final = 2000
"""Resamples of a bootstrap."""

PERCENTILES: Final = (2.5, 97.5)
"""Ends of a 95% interval."""

FEWEST_RUNS: Final = 2
"""Fewest runs of each task for an interval: a single run says nothing about the spread between seeds."""

TRIMMED: Final = 0.25
"""Share of the scores that the interquartile mean leaves out at either end."""

Strata = Sequence[Floats]
Average = Callable[[Strata], Floats]
"""Averages strata (..., N_k) over the last axis, to (...)."""


@dataclass(frozen=True, eq=False)
class Banded:
    """Numbers with their 95% intervals.

    Attributes:
        value: (T,).
        low, high: (T,), the ends of the intervals; None if some task has a single run.
        runs: number of runs behind each value.
    """

    value: Floats
    low: Floats | None
    high: Floats | None
    runs: int


def iqm(strata: Strata) -> Floats:
    """Return the interquartile mean: the mean of the middle half of all scores.

    A quarter of the scores, rounded down, is left out at either end, so all count with fewer than four scores.
    """
    scores = np.sort(np.concatenate(strata, -1), -1)
    cut = int(TRIMMED * scores.shape[-1])
    return np.asarray(scores[..., cut : scores.shape[-1] - cut].mean(-1))


def mean(strata: Strata) -> Floats:
    """Return the mean over the tasks of the mean over their runs."""
    return np.asarray(np.mean([scores.mean(-1) for scores in strata], 0))


def band(strata: Strata, average: Average, resamples: int = RESAMPLES, seed: int = 0) -> Banded:
    """Average runs at several points, with percentile intervals of a stratified bootstrap.

    Each resample draws N_k runs of each task with replacement, the same ones for all points.

    Args:
        strata: (N_k, T) for each task: a score for each run and point.
        average: `iqm` or `mean`.
        resamples: number of resamples.
        seed: of the draws; the same seed and scores give the same interval.
    """
    points = strata[0].shape[1]
    assert all(scores.ndim == 2 and len(scores) and scores.shape[1] == points for scores in strata)
    runs = sum(map(len, strata))
    value = average([scores.T for scores in strata])
    if not may_draw(strata):
        return Banded(value, None, None, runs)
    draws = draw(strata, resamples, seed)
    ends = np.empty((2, points))
    for point in range(points):
        drawn = average([scores[chosen, point] for scores, chosen in zip(strata, draws, strict=True)])
        ends[:, point] = np.percentile(drawn, PERCENTILES)
    return Banded(value, ends[0], ends[1], runs)


def may_draw(strata: Strata) -> bool:
    """Return whether each task has enough runs for an interval."""
    return all(len(scores) >= FEWEST_RUNS for scores in strata)


def draw(strata: Strata, resamples: int, seed: int) -> list[NDArray[np.int64]]:
    """Draw the runs (R, N_k) of each task with replacement."""
    rng = np.random.default_rng(seed)
    return [rng.integers(len(scores), size=(resamples, len(scores))) for scores in strata]
