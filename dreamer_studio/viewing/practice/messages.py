"""Practice dreams as the window shows them. No torch here: the window is there before it is loaded."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dreamer_studio.arrays import Floats
from dreamer_studio.session import Mailbox


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


class PracticeChannels:
    """Where the desk for practice dreams and the window meet.

    Attributes:
        on_show: whether anybody wants to see newer ones; nothing is asked for otherwise.
        newest: the newest, or None before the first.
    """

    def __init__(self) -> None:
        self.on_show: Mailbox[bool] = Mailbox(False)
        self.newest: Mailbox[PracticeResult | None] = Mailbox(None)
