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
        update: the update that learned from them; the weights before it imagined and decoded them.
        starts: number of rollouts in the update.
        frames: (n, H + 1, 64, 64, 3), beginning with the frame from which each was imagined.
        reward, value: (n, H), predicted.
        returns: (n, max(H - 1, 1)), lambda-returns.
        weights: like `returns`; 0 throughout if the start is terminal.
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
        """Return H, the training horizon of these rollouts."""
        return int(self.reward.shape[1])
