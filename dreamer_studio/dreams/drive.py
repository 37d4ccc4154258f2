"""One step of a dream at a time, with a person at the controls or the policy."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from dreamer_studio.dreamer.agent import Agent, PolicyMode
from dreamer_studio.dreamer.noise import NoiseSource
from dreamer_studio.dreams.features import state_of

Action = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Driven:
    """Where a step of a dream led.

    Attributes:
        feat: (F,), of the prior.
        action: (A,), that led to it.
        policy: (A,), what the policy would have done.
        reward, value, entropy: predicted there; the entropy is the policy's, in nats.
    """

    feat: Tensor
    action: Action
    policy: Action
    reward: float
    value: float
    entropy: float


@torch.no_grad()
def drive(agent: Agent, feat: Tensor, wanted: Action, noise: NoiseSource, mode: PolicyMode) -> Driven:
    """Go one step on from features (F,), as training's own rollout does.

    Args:
        agent: the snapshot that dreams.
        feat: (F,), of a posterior or a prior.
        wanted: (A,), NaN wherever the policy acts.
        noise: what the prior, the policy and its entropy draw from.
        mode: how the policy acts.
    """
    rssm = agent.world_model.rssm
    policy = agent.act(feat.unsqueeze(0), noise, mode)
    person = torch.from_numpy(wanted).to(feat.device).unsqueeze(0)
    action = torch.where(person.isnan(), policy, person)
    state = rssm.img_step(state_of(rssm, feat.unsqueeze(0)), action, noise.normal(1, rssm.stoch_size))
    return Driven(
        state.feat[0],
        action[0].cpu().numpy(),
        policy[0].cpu().numpy(),
        float(agent.world_model.reward(state.feat)),
        float(agent.value(state.feat)),
        float(agent.entropy(state.feat, noise)),
    )
