"""The running episode and its dream as the Live workspace shows them. Imports no torch."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dreamer_studio.arrays import Floats, Images
from dreamer_studio.envs import End


@dataclass(frozen=True, eq=False)
class EpisodeLines:
    """The numbers of an episode that is over.

    Attributes:
        episode: its number.
        x, reward, predicted, value: per agent step, from the reset on; NaN where the model predicted nothing.
        end: how it ended.
    """

    episode: int
    x: Floats
    reward: Floats
    predicted: Floats
    value: Floats
    end: End


@dataclass(frozen=True, eq=False)
class LiveResult:
    """The running episode as the snapshot sees it.

    Attributes:
        episode, index: the address of the newest row; index 0 is the reset.
        image: (64, 64, 3), the observation.
        action: (A,), the action that led to the row.
        reconstruction: (64, 64, 3), or None before the first update.
        update: the update of the weights that drew the reconstruction.
        kl: the KL of the newest row in nats, or None.
        x, reward, predicted, value: per agent step of the episode; NaN where the model predicted nothing.
        discount: of rewards, per agent step.
        end: how the episode ended at the newest row, or None while it runs.
        finished: the last episode that was followed to its end, or None.
    """

    episode: int
    index: int
    image: Images
    action: NDArray[np.float32]
    reconstruction: Images | None
    update: int
    kl: float | None
    x: Floats
    reward: Floats
    predicted: Floats
    value: Floats
    discount: float
    end: End | None = None
    finished: EpisodeLines | None = None


@dataclass(frozen=True, eq=False)
class DreamResult:
    """A dream from the running episode. Its frames are decoded while it plays.

    Attributes:
        number: number of the dream in this session.
        episode, index: the address of the row from which it started.
        update: the update of the weights that dream it.
        frames: (n, 64, 64, 3), read-only: the first n <= L steps.
        action: (L, A); reward, value: (L,), predicted.
    """

    number: int
    episode: int
    index: int
    update: int
    frames: Images
    action: NDArray[np.float32]
    reward: Floats
    value: Floats

    @property
    def length(self) -> int:
        """Return L, the viewing horizon of this dream."""
        return len(self.reward)

    @property
    def decoded(self) -> int:
        """Return n, the number of steps whose frames are decoded."""
        return len(self.frames)
