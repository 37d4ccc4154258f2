"""Messages of the chapter on latent imagination."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dreamer_studio.arrays import Floats, Images
from dreamer_studio.dreams.image_error import square_error
from dreamer_studio.viewing.learn.messages import LearnRequest, LearnResult


@dataclass(frozen=True)
class HeldRequest(LearnRequest):
    """Dream twice from the same frame: once with an action held, once without.

    Attributes:
        action: the dimension that is held at +1 while the others are 0; of choices, the one that is held.
    """

    action: int


@dataclass(frozen=True, eq=False)
class HeldResult(LearnResult):
    """Dreams of L steps from the last frame of a scene.

    Attributes:
        action: the dimension or the choice that is held.
        held: (L, 64, 64, 3), an action held.
        other: (L, 64, 64, 3), all dimensions at 0, or the next choice held; with the noise of `held`.
        again: (L, 64, 64, 3), the actions of `other` with other noise.
        reward_held, reward_other: (L,), predicted.
    """

    action: int
    held: Images
    other: Images
    again: Images
    reward_held: Floats
    reward_other: Floats

    @property
    def by_action(self) -> float:
        """Return the mean squared difference that the action makes, with colors from 0 to 1."""
        return float(np.mean(square_error(self.held, self.other)))

    @property
    def by_chance(self) -> float:
        """Return the mean squared difference that the noise makes, with colors from 0 to 1."""
        return float(np.mean(square_error(self.again, self.other)))
