"""Messages of the chapter on the reward model."""

from __future__ import annotations

from dataclasses import dataclass

from dreamer_studio.arrays import Floats
from dreamer_studio.viewing.learn.messages import LearnRequest, LearnResult


@dataclass(frozen=True)
class RewardRequest(LearnRequest):
    """Predict the rewards of a scene."""


@dataclass(frozen=True, eq=False)
class RewardResult(LearnResult):
    """The rewards of a scene.

    Attributes:
        received: (T,), as the model learns rewards. The first row of an episode has none, and counts as 0.
        predicted: (T,), at the posteriors.
    """

    received: Floats
    predicted: Floats
