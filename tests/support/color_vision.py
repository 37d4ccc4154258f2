"""Simulate colors as a person who confuses red and green sees them, and measure their distances."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from tests.support.contrast import linear
from tests.support.pixels import rgb

Colors = NDArray[np.float64]

MATRICES: Final = {
    "usual": np.eye(3),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
}
"""Linear RGB as seen, for full severity: Machado, Oliveira and Fernandes 2009, table 1."""

_TO_XYZ: Final = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)
_WHITE: Final = np.array([0.95047, 1.0, 1.08883])


def distance(one: str, other: str, vision: str) -> float:
    """Return the distance of two colors `#rrggbb` in CIE Lab of 1976, as seen with this vision."""
    return float(np.linalg.norm(_lab(one, vision) - _lab(other, vision)))


def _lab(color: str, vision: str) -> Colors:
    seen = np.clip(MATRICES[vision] @ [linear(channel) for channel in rgb(color)], 0, 1)
    ratio = _TO_XYZ @ seen / _WHITE
    root = np.where(ratio > (6 / 29) ** 3, np.cbrt(ratio), ratio / (3 * (6 / 29) ** 2) + 4 / 29)
    lightness = 116 * root[1] - 16
    return np.array([lightness, 500 * (root[0] - root[1]), 200 * (root[1] - root[2])])
