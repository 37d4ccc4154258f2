"""Following a running episode with a snapshot: the belief after each frame, and what the heads make of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from dreamer_studio.dreamer.agent import Agent
from dreamer_studio.dreamer.distributions import normal_kl
from dreamer_studio.dreamer.noise import NoiseSource
from dreamer_studio.dreamer.rssm import State


@dataclass(frozen=True)
class TrackedStep:
    """What the snapshot made of one frame.

    Attributes:
        episode: number of the training episode.
        index: agent step in it, 0 at the reset.
        reward: received on arriving here.
        reward_predicted: by the reward head, from the posterior.
        value: the value model's estimate.
        kl: KL(posterior || prior) in nats: how much the frame surprised the model.
    """

    episode: int
    index: int
    reward: float
    reward_predicted: float
    value: float
    kl: float


class Tracker:
    """Keeps the belief along the running episode, frame by frame, as the agent itself does.

    When the snapshot changes in mid-episode the belief is carried over, as the training agent carries its own.
    """

    def __init__(self, noise: NoiseSource, device: torch.device) -> None:
        self._noise = noise
        self._device = device
        self._episode = -1
        self.belief: State | None = None

    @torch.no_grad()
    def observe(
        self,
        agent: Agent,
        episode: int,
        index: int,
        image: NDArray[np.uint8],
        action: NDArray[np.float32],
        reward: float,
    ) -> TrackedStep:
        """Take in one frame (64, 64, 3) and the executed action (A,) that led to it."""
        if index == 0 or episode != self._episode:
            self.belief = None
        self._episode = episode
        executed = torch.from_numpy(action).to(self._device).unsqueeze(0)
        picture = torch.from_numpy(image).to(self._device).unsqueeze(0)
        belief = self.belief = agent.observe(self.belief, executed, picture, self._noise)
        kl = normal_kl(belief.mean, belief.std, *agent.world_model.rssm.prior(belief.deter))
        predicted = agent.world_model.reward(belief.feat)
        numbers = torch.stack([predicted, agent.value(belief.feat), kl]).squeeze(1).tolist()
        return TrackedStep(episode, index, reward, *numbers)
