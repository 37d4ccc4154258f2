"""A disc on a square table: mass, friction, walls, and a target. Lengths are in pixels, times in steps."""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dreamer_studio.arrays import FRAME_SIZE

WALL: Final = 2.0
"""Width of the walls along the edges of the image."""

DISC: Final = 8.0
"""Radius of the disc."""

TARGET: Final = 12.0
"""Radius of the target, which is a mark on the table: the disc slides over it."""

MASS: Final = 2.0
FORCE: Final = 6.0
"""The force of a full push along an axis."""

FRICTION: Final = 1.0
"""The force of the friction at a speed of 1, against the motion."""

BOUNCE: Final = 0.5
"""The share of its speed that the disc keeps when it hits a wall."""

LOWEST: Final = WALL + DISC
HIGHEST: Final = FRAME_SIZE - WALL - DISC
"""Bounds of each coordinate of the disc's center."""

FASTEST: Final = FORCE / FRICTION
"""A speed along an axis that no push exceeds."""

FULL_REWARD: Final = 4.0
"""Up to this distance between the centers, the reward is 1."""

NO_REWARD: Final = 32.0
"""From this distance on, the reward is 0; it falls linearly in between."""

TARGETS: Final = ((17.0, 17.0), (47.0, 17.0), (17.0, 47.0), (47.0, 47.0))
"""The places of the target. They are few, so that a model has seen them all within some episodes."""

APART: Final = 20.0
"""An episode begins with the disc at least this far from the target."""


@dataclass(frozen=True, eq=False)
class World:
    """The state of the table.

    Attributes:
        place: (2,), center of the disc, x to the right and y up, from the lower left corner of the image.
        speed: (2,), its speed, in pixels a step.
        target: (2,), center of the target; it stays where it is for an episode.
    """

    place: NDArray[np.float64]
    speed: NDArray[np.float64]
    target: NDArray[np.float64]

    @property
    def distance(self) -> float:
        """Return the distance between the centers of disc and target."""
        return float(np.hypot(*(self.place - self.target)))

    @property
    def reward(self) -> float:
        """Return the reward of this state, 0 to 1."""
        return float(np.clip((NO_REWARD - self.distance) / (NO_REWARD - FULL_REWARD), 0.0, 1.0))


def new_world(seed: int) -> World:
    """Return the start of an episode: a disc at rest, and a target at some distance; both depend on `seed` alone."""
    chance = np.random.default_rng(seed)
    while True:
        target = np.array(TARGETS[chance.integers(len(TARGETS))])
        world = World(chance.uniform(LOWEST, HIGHEST, 2), np.zeros(2), target)
        if world.distance >= APART:
            return world


def pushed(world: World, push: NDArray[np.float64]) -> World:
    """Return the world after a step.

    Args:
        world: The world before.
        push: (2,), to the right and up, each from -1 to 1.
    """
    speed = world.speed + (FORCE * push - FRICTION * world.speed) / MASS
    free = world.place + speed
    place = np.clip(free, LOWEST, HIGHEST)
    return replace(world, place=place, speed=np.where(place == free, speed, -BOUNCE * speed))
