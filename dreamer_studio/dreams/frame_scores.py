"""Errors of a snapshot on each frame of an episode that it sees: surprise, reconstruction and reward."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch

from dreamer_studio.arrays import Floats
from dreamer_studio.config import Config
from dreamer_studio.dreamer.agent import Agent
from dreamer_studio.dreamer.latent import LatentState
from dreamer_studio.dreamer.noise import NoiseSource
from dreamer_studio.dreams.features import to_floats
from dreamer_studio.dreams.rewards import as_learned
from dreamer_studio.replay import Episode


@dataclass(frozen=True, eq=False)
class FrameScores:
    """Errors on n rows.

    Attributes:
        posterior: (1, .), after the last row, for the rows that follow.
        kl: (n,), KL(posterior || prior) in nats.
        image: (n,), half the squared distance of image and reconstruction in nats: the image loss of the log.
        reward: (n,), absolute difference of predicted and received reward.
    """

    posterior: LatentState
    kl: Floats
    image: Floats
    reward: Floats


@torch.no_grad()
def score_frames(
    agent: Agent, posterior: LatentState | None, rows: Episode, config: Config, noise: NoiseSource
) -> FrameScores:
    """Filter rows of an episode as the agent did when it played them, and compare each with its predictions.

    Args:
        agent: the snapshot.
        posterior: (1, .), after the row before these; None at the beginning of the episode.
        rows: n rows, n >= 1.
        config: of the snapshot's run.
        noise: of the posteriors.
    """
    image = torch.from_numpy(rows.image).to(noise.device)
    action = torch.from_numpy(rows.action).to(noise.device)
    if posterior is None:
        action = torch.cat([torch.zeros_like(action[:1]), action[1:]])
    filtered = agent.filter(image.unsqueeze(0), action.unsqueeze(0), agent.noise(noise, len(rows), 1), posterior)
    seen = filtered.map(lambda part: part[0])
    return FrameScores(
        seen.map(lambda part: part[-1:]),
        to_floats(agent.surprise(seen).sum(-1)),
        to_floats(agent.image_loss(seen.feat, image)),
        np.abs(to_floats(agent.heads(seen.feat).reward) - as_learned(rows.reward, config)),
    )
