"""Dreamer Studio's own update."""

from __future__ import annotations

from typing import Any

import torch

from benchmarks.peers import torch_peer
from benchmarks.peers.protocol import Job, Sequences, Weights
from dreamer_studio.config import Config
from dreamer_studio.dreamer.batch import Batch
from dreamer_studio.dreamer.fast import Learner, make_agent
from dreamer_studio.dreamer.noise import NoiseSource
from dreamer_studio.envs import build_config


class Ours:
    """The trainer's update; its noise is drawn within the time."""

    def __init__(self, job: Job, sequences: Sequences) -> None:
        self.config = _config(job)
        self.agent = make_agent(self.config, job.sizes.action, "continuous")
        self.agent.initialize(0)
        self.learner = Learner(self.agent, self.config)
        self.noise = NoiseSource(0)
        self.batch = _batch(sequences)

    def update(self) -> None:
        """Make an update."""
        noise = self.learner.draw_noise(self.batch, self.config.horizon, self.noise)
        for _ in self.learner.update(self.batch, noise):
            pass

    def weights(self) -> Weights:
        """Copy all weights."""
        return torch_peer.weights_of(
            model=self.agent.world_model.parameters(),
            actor=self.agent.actor.parameters(),
            value=self.agent.value.parameters(),
        )

    def about(self) -> dict[str, Any]:
        """Return threads and versions."""
        return torch_peer.about("dreamer-studio")


def _config(job: Job) -> Config:
    overrides = {
        "batch_size": job.sizes.batch,
        "batch_length": job.sizes.length,
        "horizon": job.sizes.horizon,
        "precision": job.precision,
    }
    return build_config("dmc:walker-walk", "paper", overrides)


def _batch(sequences: Sequences) -> Batch:
    reward = torch.from_numpy(sequences.reward)
    is_first = torch.zeros_like(reward, dtype=torch.bool)
    is_first[:, 0] = True
    return Batch(
        image=torch.from_numpy(sequences.image),
        action=torch.from_numpy(sequences.action),
        reward=reward,
        discount=torch.ones_like(reward),
        is_first=is_first,
        is_terminal=torch.zeros_like(is_first),
    )
