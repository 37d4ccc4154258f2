"""A measured number with its interval over episodes, and the verdict that follows from the interval. No torch."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from dreamer_studio.arrays import Floats
from dreamer_studio.texts import rounded

Verdict = Literal["holds", "fails", "cannot tell"]
Statistic = Callable[[Floats], Floats]
"""Maps sums (..., K) of some quantities to statistics (...) or (..., M)."""

Judge = Callable[[float, float], Verdict]
"""Maps the two ends of an interval to a verdict."""

FEWEST_EPISODES: Final = 4
"""Fewest episodes for a verdict. With three, one resample in 27 is the worst episode alone: more than the 2.5% that the
interval leaves out at each end, so the interval would always be the range of the three numbers."""

RESAMPLES: Final = 2_000
"""Resamples of a bootstrap; Efron and Tibshirani (1993), Sec. 14.3, ask for 1,000 or more for an interval."""

EQUIVALENT: Final = 1.25
"""Ratios from 1 / 1.25 to 1.25 count as equal: the rule for bioequivalence (FDA, 2001, Statistical Approaches to
Establishing Bioequivalence)."""


@dataclass(frozen=True)
class Measured:
    """A number measured on n episodes.

    Attributes:
        value: of all episodes together; NaN if it cannot be computed.
        low, high: ends of the 95% interval; NaN if there are too few episodes.
        n: number of episodes.
        verdict: from the interval against the null of the gauge; "cannot tell" for numbers without a null.
    """

    value: float
    low: float
    high: float
    n: int
    verdict: Verdict

    def as_dict(self) -> dict[str, float | int | str | None]:
        """Return the fields for JSON: five digits, and None for NaN."""
        ends = {name: _json(getattr(self, name)) for name in ("value", "low", "high")}
        return {**ends, "n": self.n, "verdict": self.verdict}

    def as_text(self, write: Callable[[float], str] = rounded) -> str:
        """Return the number with its interval, such as "1.04 (0.98 to 1.12)"; without the interval if it is unknown.

        Args:
            write: returns a number as a text.
        """
        if not math.isfinite(self.value):
            return "not known"
        if not (math.isfinite(self.low) and math.isfinite(self.high)):
            return write(self.value)
        return f"{write(self.value)} ({write(self.low)} to {write(self.high)})"


TWO_PLACES: Final = "{:.2f}".format
"""Writes a number with two digits after the point."""

UNKNOWN: Final = Measured(math.nan, math.nan, math.nan, 0, "cannot tell")
"""A number that was not measured."""


@dataclass(frozen=True, eq=False)
class Intervals:
    """M statistics with their 95% intervals, each (M,); NaN where unknown."""

    value: Floats
    low: Floats
    high: Floats


def sums_by_episode(episode: NDArray[np.int64], values: Floats) -> Floats:
    """Return the sums (E, K) of values (N, K) over the rows of each episode that occurs in `episode` (N,)."""
    _, place = np.unique(episode, return_inverse=True)
    sums = np.zeros((int(place.max()) + 1 if len(place) else 0, values.shape[1]))
    np.add.at(sums, place, values)
    return sums


def intervals(sums: Floats, statistic: Statistic, seed: int = 0) -> Intervals:
    """Return statistics of sums over episodes (E, K), with percentile bootstrap intervals over the episodes.

    Each resample draws E episodes with replacement. The interval holds their statistics, apart from 2.5% at each
    end. With fewer than `FEWEST_EPISODES` episodes both ends are NaN.
    """
    count = len(sums)
    with np.errstate(all="ignore"):
        value = np.atleast_1d(statistic(sums.sum(0)))
        if count < FEWEST_EPISODES:
            unknown = np.full(value.shape, math.nan)
            return Intervals(value, unknown, unknown)
        draws = np.random.default_rng(seed).multinomial(count, np.full(count, 1 / count), RESAMPLES)
        resampled = statistic(draws.astype(np.float64) @ sums).reshape(RESAMPLES, -1)
    defined = np.isfinite(resampled).all(0)
    low, high = np.percentile(np.where(defined, resampled, 0.0), (2.5, 97.5), axis=0)
    return Intervals(value, np.where(defined, low, math.nan), np.where(defined, high, math.nan))


def measure(sums: Floats, statistic: Statistic, judge: Judge, seed: int = 0) -> Measured:
    """Measure one statistic of sums over episodes (E, K), and judge its interval; unknown numbers cannot tell."""
    if len(sums) == 0:
        return UNKNOWN
    found = intervals(sums, statistic, seed)
    return judged(float(found.value[0]), float(found.low[0]), float(found.high[0]), len(sums), judge)


def measure_difference(first: Floats, second: Floats, judge: Judge, seed: int = 0) -> Measured:
    """Measure the mean of numbers (E1,) minus the mean of others (E2,); resample each group on its own."""
    count = len(first) + len(second)
    if min(len(first), len(second)) == 0:
        return replace(UNKNOWN, n=count)
    value = float(first.mean() - second.mean())
    if min(len(first), len(second)) < FEWEST_EPISODES:
        return replace(UNKNOWN, value=value, n=count)
    rng = np.random.default_rng(seed)
    resampled = [rng.choice(numbers, (RESAMPLES, len(numbers))).mean(1) for numbers in (first, second)]
    low, high = np.percentile(resampled[0] - resampled[1], (2.5, 97.5))
    return judged(value, float(low), float(high), count, judge)


def judged(value: float, low: float, high: float, n: int, judge: Judge) -> Measured:
    """Return a measured number with the verdict on its interval."""
    known = math.isfinite(value) and math.isfinite(low) and math.isfinite(high)
    return Measured(value, low, high, n, judge(low, high) if known else "cannot tell")


def above(null: float, negligible: float = 0.0) -> Judge:
    """Return the judge of a number that should be larger than its null, and by more than a negligible amount.

    The number holds if the whole interval lies above `null`, and reaches more than `negligible` above it. It fails if
    the interval reaches no further than that and includes `null` or less: it is equivalent to the null or worse
    (Lakens, 2017, Equivalence Tests). A wide interval cannot tell, and neither can one that is surely above the null
    but only by a negligible amount: random weights react a little to any input.
    """

    def judge(low: float, high: float) -> Verdict:
        if high <= null + negligible:
            return "fails" if low <= null else "cannot tell"
        return "holds" if low > null else "cannot tell"

    return judge


SKILL: Final = above(0.0, 1 - 1 / EQUIVALENT)
"""Judges a skill, 1 - error / error of the null: an error equivalent to that of the null fails."""

RATIO: Final = above(1.0, EQUIVALENT - 1)
"""Judges error of the null / error: an error equivalent to that of the null fails."""

DECIBELS: Final = above(0.0, 10 * math.log10(EQUIVALENT))
"""Judges a gain in dB: an error equivalent to that of the null fails."""


def unjudged(low: float, high: float) -> Verdict:
    """Judge a number that has no null."""
    return "cannot tell"


def near_one(low: float, high: float) -> Verdict:
    """Judge a ratio that should be 1.

    The ratio holds if the whole interval is equivalent to 1. It fails if the interval is not, and leaves 1 out.
    """
    if low >= 1 / EQUIVALENT and high <= EQUIVALENT:
        return "holds"
    return "cannot tell" if low <= 1 <= high else "fails"


def worst(verdicts: list[Verdict]) -> Verdict:
    """Return "fails" if any verdict does, else "cannot tell" if any does, else "holds"."""
    order: tuple[Verdict, ...] = ("fails", "cannot tell")
    return next((verdict for verdict in order if verdict in verdicts), "holds")


def _json(number: float) -> float | None:
    return float(f"{number:.5g}") if math.isfinite(number) else None
