"""Messages of the chapter on the horizon."""

from __future__ import annotations

from dataclasses import dataclass

from dreamer_studio.arrays import Floats, Images
from dreamer_studio.viewing.learn.messages import LearnRequest, LearnResult


@dataclass(frozen=True)
class HorizonRequest(LearnRequest):
    """Dream once as far as the longest horizon, and compute the target of the first step for each horizon."""


@dataclass(frozen=True, eq=False)
class HorizonResult(LearnResult):
    """A dream of L steps.

    Attributes:
        images: (L, 64, 64, 3), the imagined states, drawn.
        target: (L,), the lambda-return of the first step for the horizons 1 to L.
        by_value: (L,), from 0 to 1, the weight of the value model's estimates in each of these targets. The weights of
            rewards are not part of it.
        training: the horizon of the training.
    """

    images: Images
    target: Floats
    by_value: Floats
    training: int
