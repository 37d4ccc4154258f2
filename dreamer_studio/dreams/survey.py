"""How wrong a snapshot is about each frame of an episode that it sees: surprise, reconstruction and reward."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch

from dreamer_studio.config import Config
from dreamer_studio.dreamer.agent import Agent
from dreamer_studio.dreamer.conv import to_model_range
from dreamer_studio.dreamer.distributions import normal_kl
from dreamer_studio.dreamer.noise import NoiseSource
from dreamer_studio.dreamer.rssm import State
from dreamer_studio.dreams.features import Floats, to_floats
from dreamer_studio.dreams.open_loop import filter_on
from dreamer_studio.dreams.rewards import as_learned
from dreamer_studio.replay import Episode


@dataclass(frozen=True, eq=False)
class Survey:
    """What was found out about n rows.

    Attributes:
        belief: after the last one (1, .), for the rows that follow.
        kl: (n,), of the posterior from the prior, in nats.
        image: (n,), 0.5 times the sum of squared differences in the model's range: the log's image loss, in nats.
        reward: (n,), absolute difference of predicted and received.
    """

    belief: State
    kl: Floats
    image: Floats
    reward: Floats


@torch.no_grad()
def survey(agent: Agent, belief: State | None, rows: Episode, config: Config, noise: NoiseSource) -> Survey:
    """See some rows of an episode, each as the agent saw it when it came.

    Args:
        agent: the snapshot.
        belief: after the row before them (1, .); None where they begin the episode.
        rows: n rows, n >= 1.
        config: of the snapshot's run.
        noise: what the posteriors are drawn with.
    """
    rssm = agent.world_model.rssm
    image = torch.from_numpy(rows.image).to(noise.device)
    action = torch.from_numpy(rows.action).to(noise.device)
    if belief is None:
        action = torch.cat([torch.zeros_like(action[:1]), action[1:]])
    seen = filter_on(agent, belief, image, action, noise.normal(len(rows), 1, rssm.stoch_size))
    drawn_image = agent.world_model.decoder(seen.feat)
    return Survey(
        seen.map(lambda part: part[-1:]),
        to_floats(normal_kl(seen.mean, seen.std, *rssm.prior(seen.deter))),
        to_floats(0.5 * (drawn_image - to_model_range(image)).square().sum((-3, -2, -1))),
        np.abs(to_floats(agent.world_model.reward(seen.feat)) - as_learned(rows.reward, config)),
    )
