"""The latents of the scene on show: requests and results. No torch."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from dreamer_studio.arrays import Floats

if TYPE_CHECKING:
    from dreamer_studio.dreams.latents import Dimensions
    from dreamer_studio.viewing.frame_ref import FrameRef
    from dreamer_studio.viewing.scene.columns import LatentsRef
    from dreamer_studio.viewing.scene.messages import Scene


@dataclass(frozen=True, eq=False)
class DimensionsResult:
    """The stochastic dimensions of a scene in all of its columns.

    Attributes:
        latents: the reference to the scene's latents. Each driven step changes it.
        all: the numbers of each dimension.
    """

    latents: LatentsRef
    all: Dimensions


@dataclass(frozen=True, eq=False)
class EditRequest:
    """The latents of one frame with the user's edits.

    Attributes:
        scene: the scene.
        column: the column of the frame.
        stoch: (S,), NaN where unchanged.
        length: steps to dream on from the frame; 0 to decode the frame only.
    """

    scene: Scene
    column: int
    stoch: Floats
    length: int = 0


@dataclass(frozen=True, eq=False)
class EditResult:
    """An edited frame, decoded.

    Attributes:
        request: the request that this result answers.
        image: (64, 64, 3).
        reward, value: predicted at the edited frame.
    """

    request: EditRequest
    image: NDArray[np.uint8]
    reward: float
    value: float


@dataclass(frozen=True, eq=False)
class DreamOnResult:
    """The scene up to the edited frame, followed by the new dream. Its frames are decoded once it is on show."""

    request: EditRequest
    scene: Scene


@dataclass(frozen=True, eq=False)
class LatentMap:
    """The features of an episode on a plane, and the path of a scene on it.

    Attributes:
        latents: the reference to the scene's latents. Each driven step changes it, and the path.
        origin: a frame of the episode.
        first: the first row of the episode on the map.
        rows: number of rows on the map, `done` of which are filtered.
        points: (n, 2), the places of the rows `first` to `first + n`; none until all are filtered.
        path: (T, 2), the places of the scene's columns.
        share: the share of the variance in each of the two directions.
    """

    latents: LatentsRef
    origin: FrameRef
    first: int = 0
    rows: int = 0
    done: int = 0
    points: Floats = field(default_factory=lambda: np.empty((0, 2)))
    path: Floats = field(default_factory=lambda: np.empty((0, 2)))
    share: tuple[float, float] = (0.0, 0.0)
