"""Rewards as the model learns them, to compare with its predictions. No torch."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from dreamer_studio.arrays import Floats
from dreamer_studio.config import Config


def as_learned(received: NDArray[Any] | float, config: Config) -> Floats:
    """Return rewards as the model learns them: squashed if `clip_rewards` says so. Returns are never squashed."""
    reward = np.asarray(received, np.float64)
    return np.tanh(reward) if config.clip_rewards == "tanh" else reward
