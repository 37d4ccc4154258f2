"""Look for colors, blocks and texts in an exported image."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import numpy as np
from numpy.typing import NDArray
from PIL import ImageDraw

Rectangle = tuple[float, float, float, float]  # left, top, right, bottom


def count_of(image: NDArray[np.uint8], color: tuple[int, int, int]) -> int:
    """Return how many pixels have exactly this color."""
    return int((image == color).all(axis=-1).sum())


def places_of(image: NDArray[np.uint8], block: NDArray[np.uint8]) -> list[tuple[int, int]]:
    """Return left and top of each place where a block of pixels occurs in an image, unchanged."""
    height, width = block.shape[:2]
    corners = np.argwhere((image == block[0, 0]).all(axis=-1))
    return [
        (int(left), int(top))
        for top, left in corners
        if np.array_equal(image[top : top + height, left : left + width], block)
    ]


def enlarged(frame: NDArray[np.uint8], scale: int) -> NDArray[np.uint8]:
    """Enlarge each pixel to a square of `scale`."""
    return np.kron(frame, np.ones((scale, scale, 1), np.uint8)).astype(np.uint8)


@contextmanager
def texts_drawn() -> Iterator[dict[int, list[tuple[str, Rectangle, tuple[int, int]]]]]:
    """Record for each drawing its texts, the box of each, and the size of the image."""
    seen: dict[int, list[tuple[str, Rectangle, tuple[int, int]]]] = {}
    keep_alive: list[ImageDraw.ImageDraw] = []  # or two drawings could share an id
    original = ImageDraw.ImageDraw.text

    def text(self: ImageDraw.ImageDraw, xy: tuple[float, float], words: str, fill: Any, font: Any) -> None:
        if words:
            keep_alive.append(self)
            box = self.textbbox(xy, words, font=font)
            seen.setdefault(id(self), []).append((words, box, self._image.size))
        original(self, xy, words, fill, font)

    with patch.object(ImageDraw.ImageDraw, "text", text):
        yield seen


def overlap(one: Rectangle, other: Rectangle) -> bool:
    """Return whether two rectangles share pixels."""
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
