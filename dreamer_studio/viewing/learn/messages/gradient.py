"""Messages of the chapter on the action model."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dreamer_studio.arrays import Floats, Images
from dreamer_studio.viewing.learn.messages import LearnRequest, LearnResult


@dataclass(frozen=True)
class GradientRequest(LearnRequest):
    """Compute how the first target of a dream changes with each action."""


@dataclass(frozen=True, eq=False)
class GradientResult(LearnResult):
    """A dream of H steps in which the policy acts.

    Attributes:
        images: (H, 64, 64, 3), the imagined states, drawn.
        action: (H, A); action[k] leads to image[k].
        gradient: (H, A), of the first target.
        target: the lambda-return of the first imagined state.
    """

    images: Images
    action: Floats
    gradient: Floats
    target: float

    @property
    def size(self) -> Floats:
        """Return the length (H,) of the gradient at each step."""
        length: Floats = np.linalg.norm(self.gradient, axis=-1)
        return length
