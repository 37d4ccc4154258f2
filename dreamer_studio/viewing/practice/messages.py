"""Practice dreams as the window shows them. Imports no torch at run time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dreamer_studio.arrays import Floats


@dataclass(frozen=True, eq=False)
class PracticeResult:
    """n rollouts of H steps, decoded.

    Attributes:
        update: that learned from them; imagined and decoded with the weights before it.
        starts: rollouts that it learned from in all.
        frames: (n, H + 1, 64, 64, 3), the frame that each was imagined from first.
        reward, value: (n, H), predicted.
        returns: (n, max(H - 1, 1)), lambda-returns.
        weights: like `returns`; 0 where nothing follows the start.
    """

    update: int
    starts: int
    frames: NDArray[np.uint8]
    reward: Floats
    value: Floats
    returns: Floats
    weights: Floats

    @property
    def horizon(self) -> int:
        """H, the training horizon that it was made with."""
        return int(self.reward.shape[1])
