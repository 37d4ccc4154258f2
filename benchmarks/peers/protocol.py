"""What parent and worker agree on. Imports nothing heavy: the parent and every peer's environment load it."""

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
    """Sizes of an update. Those of the networks are the paper's everywhere, and come from each package's defaults."""

    batch: int = 50
    length: int = 50
    horizon: int = 15
    action: int = 6


PAPER = Sizes()
QUICK = Sizes(batch=4, length=6, horizon=4)


@dataclass(frozen=True)
class Job:
    """What one worker process is to time."""

    implementation: str
    precision: Precision
    sizes: Sizes


class Peer(Protocol):
    """An implementation that is ready to make updates, always from the same batch."""

    def update(self) -> None:
        """One update: world model, actor and value, with their optimizers; done when this returns."""

    def weights(self) -> Weights:
        """Copies of all weights, by the names in `PARTS`."""

    def about(self) -> dict[str, Any]:
        """`threads` in use and `versions` of the packages that compute."""


@dataclass(frozen=True, eq=False)
class Sequences:
    """The batch that all are given. B sequences of T steps; no episode ends inside one."""

    image: NDArray[np.uint8]
    """(B, T, 64, 64, 3)."""
    action: NDArray[np.float32]
    """(B, T, A) in [-1, 1]; what led to the picture."""
    reward: NDArray[np.float32]
    """(B, T)."""


def make_sequences(sizes: Sizes, seed: int = 0) -> Sequences:
    """Random pictures, actions and rewards: what an update costs does not depend on what they show."""
    rng = np.random.default_rng(seed)
    shape = (sizes.batch, sizes.length)
    return Sequences(
        image=rng.integers(0, 256, (*shape, IMAGE_SIZE, IMAGE_SIZE, 3), dtype=np.uint8),
        action=rng.uniform(-1, 1, (*shape, sizes.action)).astype(np.float32),
        reward=rng.normal(size=shape).astype(np.float32),
    )
