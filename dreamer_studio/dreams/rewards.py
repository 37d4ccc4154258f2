"""Rewards as the model learns them, to be shown beside what it predicts. No torch."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from dreamer_studio.config import Config

Floats = NDArray[np.float64]


def as_learned(received: NDArray[Any] | float, config: Config) -> Floats:
    """What a task paid, squashed where `clip_rewards` has the model learn it so; returns stay what the task paid."""
    reward = np.asarray(received, np.float64)
    return np.tanh(reward) if config.clip_rewards == "tanh" else reward
