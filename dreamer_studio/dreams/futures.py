"""Several futures of one frame: samples, and the results of other actions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from dreamer_studio.arrays import Floats
from dreamer_studio.dreamer.agent import Agent, PolicyMode
from dreamer_studio.dreamer.behavior import lambda_return
from dreamer_studio.dreamer.noise import NoiseSource
from dreamer_studio.dreams.action_plans import Chance
from dreamer_studio.dreams.features import to_floats


@dataclass(frozen=True, eq=False)
class Futures:
    """N futures of L steps, without the frame that they start from.

    Attributes:
        feat: (L, N, F), of priors.
        action: (L, N, A), which led to each.
        reward, value, entropy: (L, N), predicted there; the entropy is the policy's, in nats.
        ending: (L, N), predicted chance that the episode is over; NaN if the model predicts no ends.
        returns: (N,), the lambda-return from the first step on, which the actor learns to make large.
    """

    feat: Tensor
    action: NDArray[np.float32]
    reward: Floats
    value: Floats
    entropy: Floats
    ending: Floats
    returns: Floats


@torch.no_grad()
def futures(agent: Agent, feat: Tensor, wanted: NDArray[np.float32], chance: Chance, disclam: float) -> Futures:
    """Roll out all futures from features (F,) at once, with the rollout that training learns from.

    Args:
        agent: the snapshot that dreams.
        feat: (F,), of a posterior or a prior.
        wanted: (N, L, A) actions; NaN where the policy acts.
        chance: how far states and policy stray, and the seed.
        disclam: lambda of the lambda-return, in [0, 1].
    """
    count, length, _ = wanted.shape
    noise = NoiseSource(chance.seed, feat.device)
    person = torch.from_numpy(wanted).to(feat.device)
    mode: PolicyMode = "mode" if chance.policy is None else "sample"
    stray = 1.0 if chance.policy is None else chance.policy

    def act(features: Tensor, step: int) -> Tensor:
        policy = agent.act(features, noise, mode, temperature=stray, alike=chance.alike)
        return torch.where(person[:, step].isnan(), policy, person[:, step])

    drawn = chance.state * agent.noise(noise, length, 1 if chance.alike else count)
    start = agent.state_at(feat.expand(count, -1))
    states, action = agent.roll_out(start, act, drawn.expand(length, count, -1))
    reward, value, pcont = agent.heads(states.feat)
    returns = lambda_return(reward, value, pcont, disclam)[0]
    entropy = agent.entropy(states.feat.flatten(0, 1), noise).reshape(length, count)
    numbers = map(to_floats, (reward, value, entropy, agent.ending(pcont), returns))
    return Futures(states.feat, action.cpu().numpy(), *numbers)
