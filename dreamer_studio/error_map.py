"""The difference of two images, as colors: the same in the window and in films."""

from __future__ import annotations

import base64
import functools
from typing import Final

import numpy as np

from dreamer_studio.arrays import Images

ERROR_GAIN: Final = 4
"""Amplification: black is no difference, the brightest color a quarter of the full range or more."""

# The 256 colors of matplotlib's map "inferno" by N. J. Smith and S. van der Walt (CC0), as red, green and blue.
_INFERNO: Final = (
    "AAAEAQAFAQEGAQEIAgEKAgIMAgIOAwIQBAMSBAMUBQQXBgQZBwUbCAUdCQYfCgciCwckDAgmDQgpDgkrEAktEQowEgoyFAs0FQs3Fgs5"
    "GAw8GQw+GwxBHAxDHgxFHwxIIQxKIwxMJAxPJgxRKAtTKQtVKwtXLQtZLwpbMQpcMgpeNApfNglhOAliOQljOwlkPQllPglmQApnQgpo"
    "RApoRQppRwtqSQtqSgxrTAxrTQ1sTw1sUQ5sUg5tVA9tVQ9tVxBuWRBuWhFuXBJuXRJuXxNuYRNuYhRuZBVuZRVuZxZuaRZuahdubBhu"
    "bRhubxlucRluchpudBpudRtudxxteBxteh1tfB1tfR5tfx5sgB9sgiBshCBrhSFrhyFriCJqiiJqjCNpjSNpjyRpkCVokiVokyZnlSZn"
    "lydmmCdmmihlmylknSlknypjoCpjoitioyxhpSxgpi1gqC5fqS5eqy9erTBdrjBcsDFbsTJaszJatDNZtjRYtzVXuTVWujZVvDdUvThT"
    "vzlSwDpRwTpQwztPxDxOxj1Nxz5MyD9LykBKy0FJzEJIzkNHz0RG0EVF0kZE00dD1EhC1UpB10s/2Ew+2U092k4821A73VE63lI431M3"
    "4FU24VY14lc041kz5Fox5Vww5l0v514u6GAt6WEr6mMq62Qp62Yo7Gcm7Wkl7mok72wj724h8G8g8XEf8XMd8nQc83Yb83gZ9HkY9XsX"
    "9X0V9n4U9oAT94IS94QQ+IUP+IcO+IkM+YsL+YwK+Y4J+pAI+pIH+pQH+5YG+5cG+5kG+5sG+50H/J8H/KEI/KMJ/KUK/KYM/KgN/KoP"
    "/KwR/K4S/LAU/LIW/LQY+7Ya+7gd+7of+7wh+74j+sAm+sIo+sQq+sYt+ccv+cky+cs1+M03+M8699E999NA9tVD9tdG9dlJ9dtM9N1P"
    "9N9T9OFW8+Na8+Vd8uZh8uhl8upp8ext8e1x8e918fF58vJ98vSC8/WG8/aK9PiO9fmS9vqW+Pua+fyd+v2h/P+k"
)


def error_map(real: Images, model: Images) -> Images:
    """Return the absolute difference of two arrays (..., h, w, 3), averaged over RGB and amplified, in that shape."""
    difference = np.abs(real.astype(np.int16) - model)
    # Three additions, because NumPy's sum along such a short axis takes five times as long.
    colored: Images = _colors_of_sums()[difference[..., 0] + difference[..., 1] + difference[..., 2]]
    return colored


def grayed(colored: Images) -> Images:
    """Return error maps (..., h, w, 3) in gray of the same brightness, for errors that are not the model's alone."""
    gray = colored.astype(np.float32) @ np.array([0.299, 0.587, 0.114], np.float32)
    return np.repeat(gray.astype(np.uint8)[..., None], 3, axis=-1)


def spread_map(images: Images) -> Images:
    """Return the deviation of N images (N, h, w, 3) from their mean, amplified like the error map: (h, w, 3)."""
    deviation = images.astype(np.float32).std(0).mean(-1)
    colored: Images = _colors()[np.minimum(deviation * ERROR_GAIN, 255).astype(np.uint8)]
    return colored


@functools.cache
def _colors() -> Images:
    return np.frombuffer(base64.b64decode(_INFERNO), np.uint8).reshape(256, 3)


@functools.cache
def _colors_of_sums() -> Images:
    """Return the color of each sum of three differences, 0 to 765."""
    mean = np.arange(3 * 255 + 1) / 3
    return _colors()[np.minimum(mean * ERROR_GAIN, 255).astype(np.uint8)]
