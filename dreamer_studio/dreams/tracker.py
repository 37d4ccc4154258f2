"""Follow a running episode with a snapshot: the posterior after each frame, and the predictions of the heads."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from dreamer_studio.dreamer.agent import Agent
from dreamer_studio.dreamer.latent import LatentState
from dreamer_studio.dreamer.noise import NoiseSource


@dataclass(frozen=True)
class TrackedStep:
    """What a snapshot says about one frame.

    Attributes:
        episode: number of the training episode.
        index: agent step in it, 0 at the reset.
        reward: received with the frame.
        reward_predicted: by the reward head, from the posterior.
        value: by the value model.
        kl: KL(posterior || prior) in nats: how much the frame surprised the model.
    """

    episode: int
    index: int
    reward: float
    reward_predicted: float
    value: float
    kl: float


class Tracker:
    """Updates the posterior along the running episode, frame by frame, as the agent itself does.

    A new snapshot in mid-episode continues from the posterior of the one before, as training does. Agents must be on
    the device of the noise.
    """

    def __init__(self, noise: NoiseSource) -> None:
        self._noise = noise
        self._episode = -1
        self.posterior: LatentState | None = None

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
        """Add one frame (64, 64, 3) and the executed action (A,) that led to it."""
        if index == 0 or episode != self._episode:
            self.posterior = None
        self._episode = episode
        executed = torch.from_numpy(action).to(self._noise.device).unsqueeze(0)
        frame = torch.from_numpy(image).to(self._noise.device).unsqueeze(0)
        posterior = self.posterior = agent.observe(self.posterior, executed, frame, self._noise)
        predicted = agent.heads(posterior.feat)
        surprise = agent.surprise(posterior).sum(-1)
        numbers = torch.stack([predicted.reward, predicted.value, surprise]).squeeze(1).tolist()
        return TrackedStep(episode, index, reward, *numbers)
