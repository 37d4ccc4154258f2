"""Messages of the chapter on the whole loop."""

from __future__ import annotations

from dataclasses import dataclass

from dreamer_studio.arrays import Images
from dreamer_studio.viewing.learn.messages import LearnRequest, LearnResult


@dataclass(frozen=True)
class LoopRequest(LearnRequest):
    """Dream from the last frame of a scene, always with the same noise."""


@dataclass(frozen=True, eq=False)
class LoopResult(LearnResult):
    """A dream of the training horizon in which the policy acts.

    Attributes:
        images: (H, 64, 64, 3), the imagined states, drawn.
        reward: the sum of the predicted rewards.
        value: predicted for the first imagined state.
    """

    images: Images
    reward: float
    value: float
