"""How wrong a snapshot is about each frame of an episode that it sees: surprise, reconstruction and reward."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch

from dreamer_studio.config import Config
from dreamer_studio.dreamer.agent import Agent
from dreamer_studio.dreamer.latent import LatentState
from dreamer_studio.dreamer.noise import NoiseSource
from dreamer_studio.dreams.features import Floats, to_floats
from dreamer_studio.dreams.rewards import as_learned
from dreamer_studio.replay import Episode


@dataclass(frozen=True, eq=False)
class FrameScores:
    """What was found out about n rows.

    Attributes:
        posterior: (1, .), after the last row, for the rows that follow.
        kl: (n,), of the posterior from the prior, in nats.
        image: (n,), 0.5 times the sum of squared differences in the model's range: the log's image loss, in nats.
        reward: (n,), absolute difference of predicted and received.
    """

    posterior: LatentState
    kl: Floats
    image: Floats
    reward: Floats


@torch.no_grad()
def score_frames(
    agent: Agent, posterior: LatentState | None, rows: Episode, config: Config, noise: NoiseSource
) -> FrameScores:
    """See some rows of an episode, each as the agent saw it when it came.

    Args:
        agent: the snapshot.
        posterior: (1, .), after the row before them; None where they begin the episode.
        rows: n rows, n >= 1.
        config: of the snapshot's run.
        noise: what the posteriors are drawn with.
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
