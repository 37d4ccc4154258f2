"""What the inspector hands to the window. No torch here: the window is there before it is loaded."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dreamer_studio.session import Mailbox

Pictures = NDArray[np.uint8]
Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class LiveView:
    """The running episode as the snapshot sees it.

    Attributes:
        episode, index: the newest row, index 0 being the reset.
        image: (64, 64, 3), what the environment showed there.
        action: (A,), executed on the way there.
        reconstruction: (64, 64, 3), or None before the first update.
        update: of the weights that drew it.
        kl: of the newest row in nats, or None.
        x, reward, predicted, value: per agent step of the episode; NaN where the model was not asked.
    """

    episode: int
    index: int
    image: Pictures
    action: NDArray[np.float32]
    reconstruction: Pictures | None
    update: int
    kl: float | None
    x: Floats
    reward: Floats
    predicted: Floats
    value: Floats


@dataclass(frozen=True, eq=False)
class DreamView:
    """A dream from the running episode; frames are decoded while it plays.

    Attributes:
        number: counts the dreams of this session.
        episode, index: the row it started from.
        update: of the weights that dream it.
        frames: (L, 64, 64, 3), of which the first `decoded` are there.
        action: (L, A); reward, value: (L,), predicted.
    """

    number: int
    episode: int
    index: int
    update: int
    frames: Pictures
    decoded: int
    action: NDArray[np.float32]
    reward: Floats
    value: Floats

    @property
    def length(self) -> int:
        """The viewing horizon that it was made with."""
        return len(self.reward)


class Views:
    """Where the inspector and the window meet.

    Attributes:
        live: the newest `LiveView`.
        dreams: the newest `DreamView`.
        wish: how many steps to dream from the newest frame; None once that dream has begun. A later wish replaces an
            earlier one.
    """

    def __init__(self) -> None:
        self.live: Mailbox[LiveView | None] = Mailbox(None)
        self.dreams: Mailbox[DreamView | None] = Mailbox(None)
        self.wish: Mailbox[int | None] = Mailbox(None)
