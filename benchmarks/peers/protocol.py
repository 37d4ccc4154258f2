"""The protocol of parent and worker. It imports nothing heavy: the parent and every peer's environment load it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

Precision = Literal["float32", "bfloat16"]
Weights = dict[str, list[NDArray[np.float32]]]

PARTS = ("model", "actor", "value")
IMAGE_SIZE = 64


@dataclass(frozen=True)
class Sizes:
    """Sizes of an update. The networks have the paper's sizes, which are each package's defaults."""

    batch: int = 50
    length: int = 50
    horizon: int = 15
    action: int = 6


PAPER = Sizes()
QUICK = Sizes(batch=4, length=6, horizon=4)


@dataclass(frozen=True)
class Job:
    """The task of a worker process."""

    implementation: str
    precision: Precision
    sizes: Sizes


class Peer(Protocol):
    """A prepared implementation that makes updates, always from the same batch."""

    def update(self) -> None:
        """Make an update of world model, actor and value with their optimizers, and wait for its end."""

    def weights(self) -> Weights:
        """Copy all weights, by the names in `PARTS`."""

    def about(self) -> dict[str, Any]:
        """Return the number of `threads` and the `versions` of the computing packages."""


@dataclass(frozen=True, eq=False)
class Sequences:
    """The common batch: B sequences of T steps, without the end of an episode."""

    image: NDArray[np.uint8]
    """(B, T, 64, 64, 3)."""
    action: NDArray[np.float32]
    """(B, T, A) in [-1, 1]; the action that led to the image."""
    reward: NDArray[np.float32]
    """(B, T)."""


def make_sequences(sizes: Sizes, seed: int = 0) -> Sequences:
    """Make random images, actions and rewards; their content does not affect the time of an update."""
    rng = np.random.default_rng(seed)
    shape = (sizes.batch, sizes.length)
    return Sequences(
        image=rng.integers(0, 256, (*shape, IMAGE_SIZE, IMAGE_SIZE, 3), dtype=np.uint8),
        action=rng.uniform(-1, 1, (*shape, sizes.action)).astype(np.float32),
        reward=rng.normal(size=shape).astype(np.float32),
    )
