"""Into the latents of a scene: what each stochastic dimension believes, and what changes with it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from dreamer_studio.dreamer.agent import Agent, PolicyMode
from dreamer_studio.dreamer.distributions import normal_kl_each
from dreamer_studio.dreamer.noise import NoiseSource
from dreamer_studio.dreams.dream import decode, dream
from dreamer_studio.dreams.features import Floats, split_features, state_of, to_floats


@dataclass(frozen=True, eq=False)
class Dimensions:
    """The S stochastic dimensions in each of T columns, C of which the model saw.

    Attributes:
        prior_mean, prior_std: (T, S), without the frame of the column.
        mean, std: (C, S), of the posterior, with it.
        kl: (C, S) in nats, of posterior and prior: how much the frame told about each dimension.
        sample: (T, S), what the heads read and the dream goes on from.
    """

    prior_mean: Floats
    prior_std: Floats
    mean: Floats
    std: Floats
    kl: Floats
    sample: Floats


@dataclass(frozen=True, eq=False)
class Edited:
    """What the model makes of features in which a person changed the stochastic part.

    Attributes:
        feat: (F,).
        picture: (64, 64, 3).
        reward, value: predicted there.
    """

    feat: Tensor
    picture: NDArray[np.uint8]
    reward: float
    value: float


@dataclass(frozen=True, eq=False)
class Continued:
    """L steps on from some features, which are not among them.

    Attributes:
        feat: (L, F), of priors.
        action: (L, A), that led to each.
        reward, value, entropy: (L + 1,), predicted at the start and at each step; the entropy is the policy's, in nats.
    """

    feat: Tensor
    action: NDArray[np.float32]
    reward: Floats
    value: Floats
    entropy: Floats


@torch.no_grad()
def dimensions(agent: Agent, feat: Tensor, mean: Tensor, std: Tensor) -> Dimensions:
    """Look into each dimension of features (T, F), of which `mean` and `std` (C, S) are the first posteriors'."""
    rssm = agent.world_model.rssm
    stoch, deter = split_features(rssm, feat)
    prior_mean, prior_std = rssm.prior(deter)
    seen = len(mean)
    kl = normal_kl_each(mean, std, prior_mean[:seen], prior_std[:seen])
    return Dimensions(*(to_floats(part) for part in (prior_mean, prior_std, mean, std, kl, stoch)))


@torch.no_grad()
def edit(agent: Agent, feat: Tensor, stoch: NDArray[np.float64]) -> Edited:
    """Decode features (F,) with another stochastic part; it is NaN (S,) wherever it stays as it was."""
    wanted = torch.from_numpy(stoch.astype(np.float32)).to(feat.device)
    changed = feat.clone()
    changed[: len(wanted)] = torch.where(wanted.isnan(), feat[: len(wanted)], wanted)
    reward, value = agent.world_model.reward(changed), agent.value(changed)
    return Edited(changed, decode(agent, changed.unsqueeze(0))[0], float(reward), float(value))


@torch.no_grad()
def dream_on(agent: Agent, feat: Tensor, length: int, noise: NoiseSource, mode: PolicyMode) -> Continued:
    """Let the policy act for `length` steps from features (F,)."""
    dreamed = dream(agent, state_of(agent.world_model.rssm, feat.unsqueeze(0)), length, noise, mode)
    after = dreamed.states.feat[:, 0]
    whole = torch.cat([feat.unsqueeze(0), after])
    return Continued(
        after,
        dreamed.action[:, 0].cpu().numpy(),
        to_floats(agent.world_model.reward(whole)),
        to_floats(agent.value(whole)),
        to_floats(agent.entropy(whole, noise)),
    )
