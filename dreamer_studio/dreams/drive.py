"""One step of a dream at a time, with the user at the controls or the policy."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from dreamer_studio.dreamer.agent import Agent, PolicyMode
from dreamer_studio.dreamer.noise import NoiseSource

Action = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Driven:
    """The result of one step of a dream.

    Attributes:
        feat: (F,), of the prior.
        action: (A,), which led to it.
        policy: (A,), the action that the policy would have taken.
        reward, value, entropy: predicted there; the entropy is the policy's, in nats.
        ending: predicted chance that the episode is over; NaN if the model predicts no ends.
    """

    feat: Tensor
    action: Action
    policy: Action
    reward: float
    value: float
    entropy: float
    ending: float


@torch.no_grad()
def drive(agent: Agent, feat: Tensor, wanted: Action, noise: NoiseSource, mode: PolicyMode) -> Driven:
    """Take one step from features (F,), as the rollout of training does.

    Args:
        agent: the snapshot that dreams.
        feat: (F,), of a posterior or a prior.
        wanted: (A,), the action; NaN where the policy acts.
        noise: of the prior, the policy and its entropy.
        mode: how the policy acts.
    """
    policy = agent.act(feat.unsqueeze(0), noise, mode)
    person = torch.from_numpy(wanted).to(feat.device).unsqueeze(0)
    action = torch.where(person.isnan(), policy, person)
    start, drawn = agent.state_at(feat.unsqueeze(0)), agent.noise(noise, 1, 1)
    states, _ = agent.roll_out(start, lambda *_: action, drawn)
    following = states.feat[0]
    predicted = agent.heads(following)
    return Driven(
        following[0],
        action[0].cpu().numpy(),
        policy[0].cpu().numpy(),
        float(predicted.reward),
        float(predicted.value),
        float(agent.entropy(following, noise)),
        float(agent.ending(predicted.pcont)),
    )
