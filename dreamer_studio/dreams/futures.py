"""Several futures of one frame: samples of what may come, and what comes of other actions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from dreamer_studio.dreamer.agent import Agent, PolicyMode
from dreamer_studio.dreamer.behavior import lambda_return
from dreamer_studio.dreamer.noise import NoiseSource
from dreamer_studio.dreams.features import Floats, state_of, to_floats
from dreamer_studio.dreams.what_if import Chance


@dataclass(frozen=True, eq=False)
class Futures:
    """N futures of L steps; the frame that they start from is not among them.

    Attributes:
        feat: (L, N, F), of priors.
        action: (L, N, A), that led to each.
        reward, value, entropy: (L, N), predicted there; the entropy is the policy's, in nats.
        returns: (N,), the lambda-return from the first step on: what the actor is trained to make large.
    """

    feat: Tensor
    action: NDArray[np.float32]
    reward: Floats
    value: Floats
    entropy: Floats
    returns: Floats


@torch.no_grad()
def futures(agent: Agent, feat: Tensor, wanted: NDArray[np.float32], chance: Chance, disclam: float) -> Futures:
    """Roll all futures out from features (F,) at once, with training's own rollout and other noise.

    Args:
        agent: the snapshot that dreams.
        feat: (F,), of a posterior or a prior.
        wanted: (N, L, A) actions, NaN wherever the policy acts.
        chance: what is left to it.
        disclam: lambda of the lambda-return, in [0, 1].
    """
    rssm, world = agent.world_model.rssm, agent.world_model
    count, length, _ = wanted.shape
    noise = NoiseSource(chance.seed, feat.device)
    person = torch.from_numpy(wanted).to(feat.device)
    mode: PolicyMode = "mode" if chance.policy is None else "sample"
    stray = 1.0 if chance.policy is None else chance.policy

    def act(features: Tensor, step: int) -> Tensor:
        policy = agent.act(features, noise, mode, temperature=stray, alike=chance.alike)
        return torch.where(person[:, step].isnan(), policy, person[:, step])

    drawn = chance.state * noise.normal(length, 1 if chance.alike else count, rssm.stoch_size)
    states, action = rssm.imagine(state_of(rssm, feat.expand(count, -1)), act, drawn.expand(length, count, -1))
    reward, value = world.reward(states.feat), agent.value(states.feat)
    returns = lambda_return(reward, value, world.predict_pcont(states.feat), disclam)[0]
    entropy = agent.entropy(states.feat.flatten(0, 1), noise).reshape(length, count)
    numbers = map(to_floats, (reward, value, entropy, returns))
    return Futures(states.feat, action.cpu().numpy(), *numbers)
