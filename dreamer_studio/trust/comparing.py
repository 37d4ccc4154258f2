"""Compares two models on the same episodes, with the same rows, starts and noise. No torch."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from dreamer_studio.arrays import Floats
from dreamer_studio.trust.gauge import Gauge, mean_of_sums, skill_of_sums
from dreamer_studio.trust.measured import FEWEST_EPISODES, UNKNOWN, Measured, Statistic, measure, unjudged

Outcome = Literal["better", "worse", "cannot tell"]


@dataclass(frozen=True)
class Quantity:
    """A number that two models are compared by; larger is better.

    Attributes:
        columns: of `Gauge.by_episode`, whose sums the statistic reads.
        statistic: of these sums (..., K).
        unit: follows the difference in words; may be empty.
    """

    columns: tuple[str, ...]
    statistic: Statistic
    unit: str = ""


@dataclass(frozen=True)
class Difference:
    """One model minus another, by one gauge.

    Attributes:
        gauge: its name.
        measured: the difference with its 95 % interval over paired episodes.
        unit: of the difference.
    """

    gauge: str
    measured: Measured
    unit: str

    @property
    def outcome(self) -> Outcome:
        """Return "better" or "worse" if the whole interval lies on one side of 0."""
        if self.measured.low > 0:
            return "better"
        return "worse" if self.measured.high < 0 else "cannot tell"

    def as_dict(self) -> dict[str, float | int | str | None]:
        """Return the fields for JSON."""
        numbers = {name: value for name, value in self.measured.as_dict().items() if name != "verdict"}
        return {**numbers, "unit": self.unit, "outcome": self.outcome}

    def as_text(self) -> str:
        """Say the difference in words: "better by 0.8 dB (0.3 to 1.2)"."""
        found, outcome = self.measured, self.outcome
        if not math.isfinite(found.low):
            return f"cannot tell ({found.n} paired episodes)"
        unit = f" {self.unit}" if self.unit else ""
        if outcome == "cannot tell":
            return f"cannot tell: {found.value:+.3g}{unit} ({found.low:+.3g} to {found.high:+.3g})"
        ends = sorted((abs(found.low), abs(found.high)))
        return f"{outcome} by {abs(found.value):.3g}{unit} ({ends[0]:.3g} to {ends[1]:.3g})"


def _decibels_saved(sums: Floats) -> Floats:
    """Return -10 log10(error), so that a difference of two is a gain in dB."""
    return np.asarray(-10 * np.log10(sums[..., 0]))


def _nearness(sums: Floats) -> Floats:
    """Return minus the distance of a ratio from 1, in dB: 10 log10 of the ratio, whatever its direction."""
    return np.asarray(-np.abs(10 * np.log10(sums[..., 0] / sums[..., 1])))


def _ratio_decibels(sums: Floats) -> Floats:
    return np.asarray(10 * np.log10(sums[..., 0] / sums[..., 1]))


SHARED: Final[Mapping[str, Quantity]] = {
    "picture": Quantity(("error",), _decibels_saved, "dB"),
    "one step": Quantity(("error",), _decibels_saved, "dB"),
    "rollout": Quantity(("error",), _decibels_saved, "dB"),
    "actions": Quantity(("error_shuffled", "error_true"), _ratio_decibels, "dB"),
    "reward": Quantity(("error_seen", "error_constant"), skill_of_sums, "of the constant's error"),
}
"""Quantities that both models are asked about on the same episodes."""

OWN: Final[Mapping[str, Quantity]] = {
    "gap": Quantity(("imagined", "real"), _nearness, "dB nearer to 1"),
    "value": Quantity(("value", "real"), _nearness, "dB nearer to 1"),
    "policy": Quantity(("return", "one"), mean_of_sums, "return"),
}
"""Quantities of a model's own episodes, played from the same seeds."""


def compare(gauge: str, quantity: Quantity, first: Gauge, second: Gauge, seed: int = 0) -> Difference:
    """Measure first minus second over the episodes that both have; both are resampled together.

    Args:
        gauge: its name.
        quantity: to compare by.
        first: the gauge of one model; `episode` of `by_episode` names the pairs.
        second: the same gauge of the other model.
        seed: of the bootstrap.
    """
    if not first.by_episode or not second.by_episode:
        return Difference(gauge, UNKNOWN, quantity.unit)
    _, one, other = np.intersect1d(first.by_episode["episode"], second.by_episode["episode"], return_indices=True)
    width = len(quantity.columns)
    sums = np.concatenate([_columns(first, quantity)[one], _columns(second, quantity)[other]], 1)

    def difference(total: Floats) -> Floats:
        return np.asarray(quantity.statistic(total[..., :width]) - quantity.statistic(total[..., width:]))

    return Difference(gauge, measure(sums, difference, unjudged, seed), quantity.unit)


def _columns(gauge: Gauge, quantity: Quantity) -> Floats:
    ones = np.ones_like(gauge.by_episode["episode"])
    return np.stack([ones if name == "one" else gauge.by_episode[name] for name in quantity.columns], -1)


@dataclass(frozen=True)
class Correlation:
    """Rank correlation of two numbers over n checkpoints; NaN if it cannot be computed.

    Attributes:
        value: Spearman's.
        n: number of checkpoints.
    """

    value: float
    n: int


def spearman(first: Floats, second: Floats) -> Correlation:
    """Return Spearman's rank correlation of numbers (N,) over the places where both are known; ties share a rank."""
    known = np.isfinite(first) & np.isfinite(second)
    n = int(known.sum())
    if n < FEWEST_EPISODES:
        return Correlation(math.nan, n)
    one, other = (_ranks(numbers[known]) for numbers in (first, second))
    if np.ptp(one) == 0 or np.ptp(other) == 0:
        return Correlation(math.nan, n)
    return Correlation(float(np.corrcoef(one, other)[0, 1]), n)


def _ranks(numbers: Floats) -> Floats:
    """Return the mean rank of each number (N,)."""
    less = (numbers[:, None] > numbers).sum(1)
    same = (numbers[:, None] == numbers).sum(1)
    return np.asarray(less + (same - 1) / 2, np.float64)
