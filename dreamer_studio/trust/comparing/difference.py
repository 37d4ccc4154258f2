"""The difference of two models in one quantity, with its interval, in words. No torch."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from dreamer_studio.arrays import Floats
from dreamer_studio.texts import rounded
from dreamer_studio.trust.comparing.quantities import EpisodeSums, Quantity
from dreamer_studio.trust.gauge import Gauge
from dreamer_studio.trust.measured import FEWEST_EPISODES, RESAMPLES, UNKNOWN, Measured, Statistic, measure, unjudged

Outcome = Literal["better", "worse", "equal", "cannot tell"]


@dataclass(frozen=True)
class Difference:
    """One model minus another, in one quantity.

    Attributes:
        measured: the difference with its 95% interval; `n` counts the episodes.
        unit: of the difference.
        negligible: differences up to this size count as equal; 0 if there is no such size.
    """

    measured: Measured
    unit: str
    negligible: float = 0.0

    @property
    def outcome(self) -> Outcome:
        """Return the side of 0 on which the whole interval lies, or "equal" if it lies within the negligible range.

        An interval of no width at 0 is "equal" too.
        """
        low, high = self.measured.low, self.measured.high
        if not (math.isfinite(low) and math.isfinite(high)):
            return "cannot tell"
        if low > 0 or high < 0:
            return "better" if low > 0 else "worse"
        return "equal" if max(-low, high) <= self.negligible else "cannot tell"

    @property
    def is_negligible(self) -> bool:
        """Return whether the whole interval lies within the range that counts as equal."""
        return max(abs(self.measured.low), abs(self.measured.high)) <= self.negligible

    def as_dict(self) -> dict[str, float | int | str | None]:
        """Return the fields for JSON."""
        numbers = {name: value for name, value in self.measured.as_dict().items() if name != "verdict"}
        return {**numbers, "unit": self.unit, "outcome": self.outcome, "text": self.as_text()}

    def as_text(self) -> str:
        """Say the difference in words: "better by 0.8 dB (0.3 to 1.2)"."""
        found, unit = self.measured, f" {self.unit}" if self.unit else ""
        signed = f"{rounded(found.value, '+')}{unit} ({rounded(found.low, '+')} to {rounded(found.high, '+')})"
        match self.outcome:
            case "cannot tell" if not math.isfinite(found.value):
                return "cannot tell"
            case "cannot tell" if not math.isfinite(found.low):
                return f"cannot tell: {rounded(found.value, '+')}{unit}, {found.n} episodes"
            case "cannot tell":
                return f"cannot tell: {signed}"
            case "equal" if self.negligible:
                return f"equal within {self.negligible:.2g}{unit}: {signed}"
            case "equal":
                return f"equal: {signed}"
            case outcome:
                ends = sorted((abs(found.low), abs(found.high)))
                text = f"{outcome} by {rounded(abs(found.value))}{unit} ({rounded(ends[0])} to {rounded(ends[1])})"
                return f"{text}, negligible" if self.is_negligible else text


def value_of(quantity: Quantity, gauge: Gauge | None) -> Measured:
    """Measure a quantity of one model, with its interval over episodes."""
    found = None if gauge is None else quantity.read(gauge)
    return UNKNOWN if found is None else measure(found.sums, quantity.statistic, unjudged)


def paired_difference(quantity: Quantity, first: Gauge | None, second: Gauge | None, seed: int = 0) -> Difference:
    """Measure first minus second over the episodes that both have; each resample draws the same episodes for both.

    Differences between episodes are often far larger than those between models, and cancel.
    """
    both = _read_both(quantity, first, second)
    if both is None:
        return _unknown(quantity)
    one, other = both
    _, mine, theirs = np.intersect1d(one.episode, other.episode, return_indices=True)
    sums, width = np.concatenate([one.sums[mine], other.sums[theirs]], 1), one.sums.shape[1]

    def difference(total: Floats) -> Floats:
        return np.asarray(quantity.statistic(total[..., :width]) - quantity.statistic(total[..., width:]))

    return Difference(measure(sums, difference, unjudged, seed), quantity.unit, quantity.negligible)


def unpaired_difference(quantity: Quantity, first: Gauge | None, second: Gauge | None, seed: int = 0) -> Difference:
    """Measure first minus second, each over its own episodes, which are resampled separately."""
    both = _read_both(quantity, first, second)
    if both is None:
        return _unknown(quantity)
    with np.errstate(all="ignore"):
        value = float(np.subtract(*(quantity.statistic(each.sums.sum(0)) for each in both)))
    count = sum(len(each.sums) for each in both)
    found = replace(UNKNOWN, value=value, n=count)
    if min(len(each.sums) for each in both) >= FEWEST_EPISODES:
        rng = np.random.default_rng(seed)
        with np.errstate(all="ignore"):
            resampled = np.subtract(*(_resampled(each.sums, quantity.statistic, rng) for each in both))
        if np.isfinite(resampled).all():
            low, high = np.percentile(resampled, (2.5, 97.5))
            found = replace(found, low=float(low), high=float(high))
    return Difference(found, quantity.unit, quantity.negligible)


def _resampled(sums: Floats, statistic: Statistic, rng: np.random.Generator) -> Floats:
    count = len(sums)
    return statistic(rng.multinomial(count, np.full(count, 1 / count), RESAMPLES).astype(np.float64) @ sums)


def _read_both(quantity: Quantity, first: Gauge | None, second: Gauge | None) -> tuple[EpisodeSums, EpisodeSums] | None:
    one, other = (None if gauge is None else quantity.read(gauge) for gauge in (first, second))
    if one is None or other is None or one.sums.shape[1] != other.sums.shape[1]:
        return None
    return one, other


def _unknown(quantity: Quantity) -> Difference:
    return Difference(UNKNOWN, quantity.unit, quantity.negligible)
