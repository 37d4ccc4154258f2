"""Draws the lesson's world."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from dreamer_studio.arrays import FRAME_SIZE
from dreamer_studio.envs.suites.lesson.world import DISC, TARGET, WALL, World

Numbers = NDArray[np.floating]

TABLE: Final = (24, 28, 40)
EDGE: Final = (96, 104, 120)
TARGET_COLOR: Final = (40, 120, 230)
DISC_COLOR: Final = (255, 200, 40)


def draw(world: World, width: int, height: int) -> NDArray[np.uint8]:
    """Draw the world with smooth edges, uint8 (height, width, 3), a new array."""
    x = (np.arange(width) + 0.5) * (FRAME_SIZE / width)
    y = (FRAME_SIZE - (np.arange(height) + 0.5) * (FRAME_SIZE / height))[:, None]
    pixel = FRAME_SIZE / min(width, height)
    image = np.empty((height, width, 3))
    image[:] = TABLE
    _paint(image, _disc(x, y, world.target, TARGET, pixel), TARGET_COLOR)
    _paint(image, _disc(x, y, world.place, DISC, pixel), DISC_COLOR)
    inside = np.minimum(np.minimum(x, FRAME_SIZE - x), np.minimum(y, FRAME_SIZE - y))
    image[inside < WALL] = EDGE
    return np.rint(image).astype(np.uint8)


def _disc(x: Numbers, y: Numbers, center: Numbers, radius: float, pixel: float) -> Numbers:
    """Return how much of each pixel a disc covers, 0 to 1, (height, width)."""
    distance = np.sqrt((x - center[0]) ** 2 + (y - center[1]) ** 2)
    cover: Numbers = np.clip((radius - distance) / pixel + 0.5, 0.0, 1.0)
    return cover


def _paint(image: Numbers, cover: Numbers, color: tuple[int, int, int]) -> None:
    image += cover[..., None] * (np.array(color) - image)
