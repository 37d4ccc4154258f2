"""Reading what a widget has painted."""

from collections import Counter

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QWidget


def pixels(widget: QWidget | QImage) -> NDArray[np.uint8]:
    """Return an image, or a widget's image, as uint8 (height, width, 3), in device pixels."""
    taken = widget if isinstance(widget, QImage) else widget.grab().toImage()
    image = taken.convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : 3 * image.width()].reshape(image.height(), image.width(), 3).copy()


def rgb(color: str) -> tuple[int, int, int]:
    """Return `#rrggbb` as three numbers."""
    parsed = QColor(color)
    return parsed.red(), parsed.green(), parsed.blue()


def count(widget: QWidget | QImage, color: str) -> int:
    """Return how many pixels of a widget or an image have exactly this color."""
    return int((pixels(widget) == rgb(color)).all(axis=2).sum())


def ink(widget: QWidget, color: str, ground: str) -> float:
    """Return how many pixels' worth of a color lies on a ground, counting half-covered pixels as half."""
    full, bare = (np.array(rgb(each), dtype=np.float64) for each in (color, ground))
    offset, direction = pixels(widget) - bare, full - bare
    share = offset @ direction / (direction @ direction)
    stray = np.abs(offset - share[..., None] * direction).max(axis=2)
    return float(share[stray < 6].sum())


def colors(widget: QWidget) -> Counter[tuple[int, ...]]:
    """Return how often each color occurs in a widget."""
    values, counts = np.unique(pixels(widget).reshape(-1, 3), axis=0, return_counts=True)
    return Counter({tuple(map(int, value)): int(n) for value, n in zip(values, counts, strict=True)})
