"""What the tests look for in a picture."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import numpy as np
from numpy.typing import NDArray
from PIL import ImageDraw

Rectangle = tuple[float, float, float, float]  # left, top, right, bottom


def count_of(picture: NDArray[np.uint8], color: tuple[int, int, int]) -> int:
    """How many pixels have exactly this color."""
    return int((picture == color).all(axis=-1).sum())


def places_of(picture: NDArray[np.uint8], block: NDArray[np.uint8]) -> list[tuple[int, int]]:
    """Left and top of each place where a block of pixels stands in a picture, unchanged."""
    height, width = block.shape[:2]
    corners = np.argwhere((picture == block[0, 0]).all(axis=-1))
    return [
        (int(left), int(top))
        for top, left in corners
        if np.array_equal(picture[top : top + height, left : left + width], block)
    ]


def enlarged(frame: NDArray[np.uint8], scale: int) -> NDArray[np.uint8]:
    """Each pixel as a square of `scale`."""
    return np.kron(frame, np.ones((scale, scale, 1), np.uint8)).astype(np.uint8)


@contextmanager
def texts_drawn() -> Iterator[dict[int, list[tuple[str, Rectangle, tuple[int, int]]]]]:
    """By drawing: each text, the pixels that it takes, and the size of the picture it was drawn on."""
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
    """Whether two rectangles share pixels."""
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
