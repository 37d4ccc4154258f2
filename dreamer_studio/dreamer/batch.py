"""Recorded sequences as the algorithm reads them."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from dreamer_studio.arrays import FRAME_SHAPE


@dataclass(frozen=True, eq=False)
class Batch:
    """Recorded sequences as the algorithm reads them.

    Attributes:
        image: (B, T, 64, 64, 3) uint8.
        action: (B, T, A) float32; action[:, t] was executed and led to image[:, t]; zeros where is_first.
        reward: (B, T) float32, received on arriving at t; 0 where is_first.
        discount: (B, T) float32, 0 at a terminal step, else 1.
        is_first: (B, T) bool, the reset row of an episode.
        is_terminal: (B, T) bool; nothing follows such a step, so nothing is imagined from it.
    """

    image: Tensor
    action: Tensor
    reward: Tensor
    discount: Tensor
    is_first: Tensor
    is_terminal: Tensor

    def __post_init__(self) -> None:
        """Check the shapes against each other."""
        batch, length = self.reward.shape
        assert self.image.shape == (batch, length, *FRAME_SHAPE), self.image.shape
        assert self.image.dtype == torch.uint8, self.image.dtype
        assert self.action.shape[:2] == (batch, length), self.action.shape
        for part in (self.discount, self.is_first, self.is_terminal):
            assert part.shape == (batch, length), part.shape
