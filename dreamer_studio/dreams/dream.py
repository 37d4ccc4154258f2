"""A dream: a rollout of priors in which the policy acts, with the predictions of the heads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from dreamer_studio.arrays import FRAME_SHAPE
from dreamer_studio.dreamer.agent import Agent, PolicyMode
from dreamer_studio.dreamer.latent import LatentState
from dreamer_studio.dreamer.noise import NoiseSource
from dreamer_studio.export.progress import Progress, Ticker

DECODE_AT_ONCE = 16
"""Frames decoded together: enough to keep a processor busy, few enough for a quick answer to the next request."""


@dataclass(frozen=True, eq=False)
class Dream:
    """N dreams of L steps, without their start.

    Attributes:
        states: (L, N, .).
        action: (L, N, A); action[k] led to state k.
        reward: (L, N), predicted.
        value: (L, N), by the value model: the discounted reward from this step on.
    """

    states: LatentState
    action: Tensor
    reward: Tensor
    value: Tensor


@torch.no_grad()
def dream(agent: Agent, start: LatentState, length: int, noise: NoiseSource, mode: PolicyMode = "sample") -> Dream:
    """Imagine `length` steps from latent states (N, .), with the rollout that training learns from."""
    drawn = agent.noise(noise, length, len(start.deter))
    states, action = agent.roll_out(start, lambda feat, _: agent.act(feat, noise, mode), drawn)
    predicted = agent.heads(states.feat)
    return Dream(states, action, predicted.reward, predicted.value)


class Decoder(Protocol):
    """Draws images, as an `Agent` does."""

    def decode(self, feat: Tensor) -> Tensor:
        """Return the images (..., 64, 64, 3) uint8 at features (..., F)."""


@torch.no_grad()
def decode(agent: Decoder, feat: Tensor, progress: Progress | None = None) -> NDArray[np.uint8]:
    """Decode features (..., F) to images (..., 64, 64, 3), a few at a time.

    Raises:
        ExportCanceled: `progress`, which gets the share that is done, returned False.
    """
    groups = torch.split(feat.flatten(0, -2), DECODE_AT_ONCE)
    ticker = Ticker(len(groups), progress)
    parts = []
    for group in groups:
        parts.append(agent.decode(group).cpu())
        ticker.tick()
    images: NDArray[np.uint8] = torch.cat(parts).reshape(*feat.shape[:-1], *FRAME_SHAPE).numpy()
    return images
