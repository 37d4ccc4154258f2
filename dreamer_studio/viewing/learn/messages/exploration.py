"""Messages of the chapter on environment interaction."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dreamer_studio.arrays import Floats
from dreamer_studio.viewing.learn.messages import LearnRequest, LearnResult


@dataclass(frozen=True)
class ExplorationRequest(LearnRequest):
    """Act in a scene without exploration, and with it.

    Attributes:
        amount: of exploration, from 0 to 1; None for that of the training.
    """

    amount: float | None


@dataclass(frozen=True, eq=False)
class ExplorationResult(LearnResult):
    """The actions of the newest policy at the frames of a scene.

    Attributes:
        amount: of exploration.
        training: the amount that the training uses now.
        mode: (T, A), the most likely actions, as in tests.
        explored: (T, A), samples of the policy with exploration, as in training.
        discrete: whether actions are choices.
    """

    amount: float
    training: float
    mode: Floats
    explored: Floats
    discrete: bool

    @property
    def change(self) -> float:
        """Return how far exploration moves an action, from 0 to 1: the share of its range, or of the choices."""
        if self.discrete:
            return float((self.explored.argmax(-1) != self.mode.argmax(-1)).mean())
        return float(np.abs(self.explored - self.mode).mean() / 2)
