"""A dream: a rollout of priors with the policy acting, and what the heads make of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from dreamer_studio.dreamer.agent import Agent, PolicyMode
from dreamer_studio.dreamer.conv import to_pixels
from dreamer_studio.dreamer.noise import NoiseSource
from dreamer_studio.dreamer.rssm import State
from dreamer_studio.export.progress import Progress, Ticker

DECODE_AT_ONCE = 16
"""Frames decoded together: enough to keep a processor busy, few enough to be done before the next glance."""


@dataclass(frozen=True, eq=False)
class Dream:
    """N dreams of L steps; the start is not among them.

    Attributes:
        states: (L, N, .).
        action: (L, N, A); action[k] led to state k.
        reward: (L, N), predicted.
        value: (L, N), the value model's estimate: discounted reward from there on, its own step included.
    """

    states: State
    action: Tensor
    reward: Tensor
    value: Tensor


@torch.no_grad()
def dream(agent: Agent, start: State, length: int, noise: NoiseSource, mode: PolicyMode = "sample") -> Dream:
    """Imagine `length` steps from beliefs `start` (N, .), with training's own rollout and other noise."""
    rssm = agent.world_model.rssm
    drawn = noise.normal(length, len(start.stoch), rssm.stoch_size)
    states, action = rssm.imagine(start, lambda feat, _: agent.act(feat, noise, mode), drawn)
    return Dream(states, action, agent.world_model.reward(states.feat), agent.value(states.feat))


@torch.no_grad()
def decode(agent: Agent, feat: Tensor, progress: Progress | None = None) -> NDArray[np.uint8]:
    """Pictures (..., 64, 64, 3) of features (..., F), a few at a time.

    Raises:
        ExportCancelled: `progress`, told the share that is done, returned False.
    """
    groups = torch.split(feat.flatten(0, -2), DECODE_AT_ONCE)
    ticker = Ticker(len(groups), progress)
    parts = []
    for group in groups:
        parts.append(to_pixels(agent.world_model.decoder(group)).cpu())
        ticker.tick()
    pictures: NDArray[np.uint8] = torch.cat(parts).reshape(*feat.shape[:-1], 64, 64, 3).numpy()
    return pictures
