"""The quantities that comparisons use. Larger is better. No torch."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dreamer_studio.arrays import Floats
from dreamer_studio.trust.gauge import Gauge, mean_of_sums, skill_of_sums
from dreamer_studio.trust.measured import EQUIVALENT, Statistic

DECIBELS_EQUAL: Final = 10 * math.log10(EQUIVALENT)
"""Smaller differences in dB are negligible: the errors differ by a factor below 1.25."""

SHARE_EQUAL: Final = 1 - 1 / EQUIVALENT
"""Smaller differences of skills are negligible, by the same rule."""


class EpisodeSums(NamedTuple):
    """Indices of E episodes, and the sums (E, K) over each."""

    episode: NDArray[np.int64]
    sums: Floats


@dataclass(frozen=True)
class Quantity:
    """A number for comparing two models.

    Attributes:
        gauge: name of the gauge whose sums it reads.
        read: returns these sums; None if the gauge was not measured.
        statistic: of sums (..., K) over all episodes.
        unit: follows the difference in words.
        negligible: differences up to this size count as equal; 0 if there is no such size.
    """

    gauge: str
    read: Callable[[Gauge], EpisodeSums | None]
    statistic: Statistic
    unit: str
    negligible: float = 0.0


def _columns(*names: str) -> Callable[[Gauge], EpisodeSums | None]:
    """Read named sums of a gauge; with no names, the errors and nulls of the variables of `knows`."""

    def read(gauge: Gauge) -> EpisodeSums | None:
        found = gauge.by_episode
        wanted = names or sorted(name for name in found if name.startswith(("error ", "null ")))
        if not wanted or not set(wanted) <= set(found):
            return None
        return EpisodeSums(found["episode"].astype(np.int64), np.stack([found[name] for name in wanted], -1))

    return read


def _curve(name: str) -> Callable[[Gauge], EpisodeSums | None]:
    """Read the sums of a curve: two columns for each step, (E, 2 L)."""

    def read(gauge: Gauge) -> EpisodeSums | None:
        curve = gauge.curves.get(name)
        if curve is None or not len(curve.episode):
            return None
        return EpisodeSums(curve.episode, curve.sums.swapaxes(0, 1).reshape(len(curve.episode), -1))

    return read


def _own_returns(gauge: Gauge) -> EpisodeSums | None:
    """Read the returns of the policy's episodes, with a column of ones."""
    found = gauge.by_episode
    if "return" not in found:
        return None
    mine = found["random"] == 0
    returns = found["return"][mine]
    return EpisodeSums(found["episode"][mine].astype(np.int64), np.stack([returns, np.ones_like(returns)], -1))


def _psnr(sums: Floats) -> Floats:
    """Return the PSNR in dB, colors from 0 to 1, from the sum of mean square errors and their number."""
    return np.asarray(-10 * np.log10(sums[..., 0] / sums[..., 1]))


def _ratio_decibels(sums: Floats) -> Floats:
    return np.asarray(10 * np.log10(sums[..., 0] / sums[..., 1]))


def _nearness(sums: Floats) -> Floats:
    """Return minus the distance of a ratio from 1 in dB, on either side of 1."""
    return np.asarray(-np.abs(_ratio_decibels(sums)))


def _median_known(sums: Floats) -> Floats:
    """Return the median R2 from errors and nulls (..., 2 V)."""
    errors, nulls = np.split(sums, 2, -1)
    return np.asarray(np.median(1 - errors / nulls, -1))


def _last_above(statistic: Statistic) -> Statistic:
    """Return the last step, counted from 1, at which a statistic of that step's two sums is above 0; else 0."""

    def last(sums: Floats) -> Floats:
        above = np.nan_to_num(statistic(sums.reshape(*sums.shape[:-1], -1, 2))) > 0
        steps = np.arange(1, above.shape[-1] + 1)
        return np.asarray((above * steps).max(-1), np.float64)

    return last


SHARED: Final[Mapping[str, Quantity]] = {
    "picture": Quantity("picture", _columns("error", "starts"), _psnr, "dB", DECIBELS_EQUAL),
    "one step": Quantity("one step", _columns("error", "starts"), _psnr, "dB", DECIBELS_EQUAL),
    "rollout": Quantity("rollout", _columns("error", "frames"), _psnr, "dB", DECIBELS_EQUAL),
    "image horizon": Quantity("horizon", _curve("gain_moving_db"), _last_above(mean_of_sums), "steps"),
    "reward horizon": Quantity("horizon", _curve("reward_skill"), _last_above(skill_of_sums), "steps"),
    "actions": Quantity("actions", _columns("error_shuffled", "error_true"), _ratio_decibels, "dB", DECIBELS_EQUAL),
    "reward": Quantity("reward", _columns("error_seen", "error_constant"), skill_of_sums, "of skill", SHARE_EQUAL),
    "knows": Quantity("knows", _columns(), _median_known, "of R2", SHARE_EQUAL),
}
"""Quantities measured for all models on the same episodes, so their differences are paired.

The horizons are the last steps at which the curve itself, not the lower end of its interval, beats the null: the
interval is that of the difference.
"""

OWN: Final[Mapping[str, Quantity]] = {
    "gap": Quantity("gap", _columns("imagined", "real"), _nearness, "dB nearer to 1", DECIBELS_EQUAL),
    "value": Quantity("value", _columns("value", "real"), _nearness, "dB nearer to 1", DECIBELS_EQUAL),
    "policy": Quantity("policy", _own_returns, mean_of_sums, "of return"),
}
"""Quantities measured for each model on its own policy's episodes, so each model is resampled separately."""
