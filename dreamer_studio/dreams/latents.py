"""The latents of a scene: the distribution of each stochastic dimension, and the effect of changing one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from dreamer_studio.arrays import Floats
from dreamer_studio.dreamer.agent import Agent, PolicyMode
from dreamer_studio.dreamer.latent import LatentState
from dreamer_studio.dreamer.noise import NoiseSource
from dreamer_studio.dreams.dream import decode, dream
from dreamer_studio.dreams.features import to_floats


@dataclass(frozen=True, eq=False)
class Dimensions:
    """The S stochastic dimensions in each of T columns, C of which the model saw.

    Attributes:
        prior_mean, prior_std: (T, S), of the prior, which does not know the frame of the column.
        mean, std: (C, S), of the posterior, which does.
        kl: (C, S) in nats, of posterior and prior: how much the frame told about each dimension.
        sample: (T, S), the numbers that the heads read and the dream continues from.
    """

    prior_mean: Floats
    prior_std: Floats
    mean: Floats
    std: Floats
    kl: Floats
    sample: Floats


@dataclass(frozen=True, eq=False)
class Edited:
    """Features in which the user changed the stochastic part, with their image and predictions.

    Attributes:
        feat: (F,).
        image: (64, 64, 3) uint8.
        reward, value: predicted there.
    """

    feat: Tensor
    image: NDArray[np.uint8]
    reward: float
    value: float


@dataclass(frozen=True, eq=False)
class Continued:
    """L steps from given features, without these.

    Attributes:
        feat: (L, F), of priors.
        action: (L, A), which led to each.
        reward, value, entropy: (L + 1,), predicted at the start and at each step; the entropy is the policy's, in nats.
        ending: (L + 1,), predicted chance that the episode is over there; NaN if the model predicts no ends.
    """

    feat: Tensor
    action: NDArray[np.float32]
    reward: Floats
    value: Floats
    entropy: Floats
    ending: Floats


@torch.no_grad()
def dimensions(agent: Agent, feat: Tensor, posterior: LatentState) -> Dimensions:
    """Describe each stochastic dimension of features (T, F); `posterior` (C, .) has the states of the first columns."""
    stoch = feat[:, : agent.stoch_size]
    parts = (*agent.prior_statistics(feat), *posterior.statistics(), agent.surprise(posterior), stoch)
    return Dimensions(*(to_floats(part) for part in parts))


@torch.no_grad()
def edit(agent: Agent, feat: Tensor, stoch: NDArray[np.float64]) -> Edited:
    """Change the stochastic part of features (F,) and decode them; NaN in `stoch` (S,) leaves a dimension as it is."""
    wanted = torch.from_numpy(stoch.astype(np.float32)).to(feat.device)
    changed = feat.clone()
    changed[: len(wanted)] = torch.where(wanted.isnan(), feat[: len(wanted)], wanted)
    predicted = agent.heads(changed)
    return Edited(changed, decode(agent, changed.unsqueeze(0))[0], float(predicted.reward), float(predicted.value))


@torch.no_grad()
def dream_on(agent: Agent, feat: Tensor, length: int, noise: NoiseSource, mode: PolicyMode) -> Continued:
    """Let the policy act for `length` steps from features (F,)."""
    dreamed = dream(agent, agent.state_at(feat.unsqueeze(0)), length, noise, mode)
    after = dreamed.states.feat[:, 0]
    whole = torch.cat([feat.unsqueeze(0), after])
    predicted = agent.heads(whole)
    return Continued(
        after,
        dreamed.action[:, 0].cpu().numpy(),
        to_floats(predicted.reward),
        to_floats(predicted.value),
        to_floats(agent.entropy(whole, noise)),
        to_floats(agent.ending(predicted.pcont)),
    )
