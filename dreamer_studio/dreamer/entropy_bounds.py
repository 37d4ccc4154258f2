"""The bounds of a policy's entropy, without torch: the window needs them before torch is loaded."""

from __future__ import annotations

import math
from typing import Literal

from dreamer_studio.config import Config

BOUNDED_STD = (0.1, 1.0)
"""Smallest and largest deviation of a bounded normal, as in DreamerV3."""


def entropy_bounds(config: Config, kind: Literal["continuous", "discrete"], size: int) -> tuple[float, float]:
    """Return the smallest and the largest entropy of a policy in nats, over all `size` actions.

    Choices: 0 and ln A. Bounded normal: the entropies of Normals with the smallest and the largest deviation.
    Tanh-normal: the largest is that of a uniform distribution on [-1, 1], ln 2 for each action. The smallest has the
    mean m before the tanh at its bound and the deviation s at its minimum: ln(s sqrt(2 pi e)) + ln(1 - tanh(m)^2) for a
    small s.
    """
    if kind == "discrete":
        return 0.0, math.log(size)
    if config.action_dist == "bounded_normal":
        low, high = (size * _of_normal(std) for std in BOUNDED_STD)
        return low, high
    bound = config.action_mean_scale
    slope = 2 * (math.log(2) - bound - math.log1p(math.exp(-2 * bound)))
    return size * (_of_normal(config.action_min_std) + slope), size * math.log(2)


def _of_normal(std: float) -> float:
    return math.log(std * math.sqrt(2 * math.pi * math.e))
