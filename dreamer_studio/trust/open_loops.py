"""Open loops from all starts at once, and their errors on the recorded frames."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from dreamer_studio.arrays import Floats, Images
from dreamer_studio.dreams.dream import decode
from dreamer_studio.dreams.features import to_floats
from dreamer_studio.trust.model import Model
from dreamer_studio.trust.starts import Starts, on_device

ROUNDING = 1 / 12 / 255**2
"""Mean square error of rounding a color to 8 bits; added to every error, so that no gain is infinite."""


@dataclass(frozen=True, eq=False)
class ImageErrors:
    """Mean square errors (...) of images, colors from 0 to 1: on the pixels that move, and on all."""

    moving: Floats
    everywhere: Floats


@dataclass(frozen=True, eq=False)
class OpenLoop:
    """The model's L steps along given actions from N starts: image errors (L, N) and predicted rewards (L, N)."""

    image: ImageErrors
    reward: Floats


@torch.no_grad()
def open_loops(model: Model, starts: Starts, action: NDArray[np.float32], noise: Tensor) -> OpenLoop:
    """Dream along actions (L, N, A) with noise (L, N, S), and compare with the recorded frames."""
    taken = on_device(action, starts.states)
    states, _ = model.roll_out(starts.states, lambda _, step: taken[step], noise)
    pairs = zip(states.feat, starts.image[: len(states.feat)], strict=True)
    steps = [errors(decode(model, feat), real, starts.moving) for feat, real in pairs]
    image = ImageErrors(np.stack([step.moving for step in steps]), np.stack([step.everywhere for step in steps]))
    return OpenLoop(image, to_floats(model.heads(states.feat).reward))


def errors(images: Images, real: Images, moving: NDArray[np.bool_]) -> ImageErrors:
    """Return the errors (N,) of images (N, 64, 64, 3); NaN on moving pixels (N, 64, 64) if none moves."""
    square = np.square((images.astype(np.float32) - real) / 255).mean(-1, dtype=np.float64)
    with np.errstate(invalid="ignore"):
        on_moving = (square * moving).sum((-2, -1)) / moving.sum((-2, -1))
    return ImageErrors(on_moving + ROUNDING, square.mean((-2, -1)) + ROUNDING)
