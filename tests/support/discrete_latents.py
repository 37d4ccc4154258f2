"""An RSSM with discrete latents: categoricals instead of Gaussians, for tests that must not know which."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from dreamer_studio.dreamer.fast import FAST
from dreamer_studio.dreamer.hidden import PAPER, Hidden
from dreamer_studio.dreamer.latent import LatentState, Statistics
from dreamer_studio.dreamer.noise import NoiseSource
from dreamer_studio.dreamer.rssm import RSSM

CLASSES = 3
"""Classes of each categorical; the stochastic part is their one-hot rows side by side."""

SHARPNESS = 10
"""Factor of the logits: with random weights they are small, and the noise alone would choose the samples."""


class DiscreteState(NamedTuple):
    """Log-probabilities of the classes and a one-hot sample (..., S), and the deterministic part (..., D)."""

    log_probs: Tensor
    stoch: Tensor
    deter: Tensor

    @property
    def feat(self) -> Tensor:
        """Return both parts side by side, (..., S + D)."""
        return torch.cat([self.stoch, self.deter], -1)

    def map(self, function: Callable[[Tensor], Tensor]) -> DiscreteState:
        """Apply a function to each part."""
        return DiscreteState(*(function(part) for part in self))

    def detach(self) -> DiscreteState:
        """Return the same numbers without their history."""
        return self.map(Tensor.detach)

    def kl(self, prior: DiscreteState) -> Tensor:
        """Return the term of each class in KL(self || prior), (..., S)."""
        return self.log_probs.exp() * (self.log_probs - prior.log_probs)

    def entropy(self) -> Tensor:
        """Return the entropy in nats, (...)."""
        return -(self.log_probs.exp() * self.log_probs).sum(-1)

    def statistics(self) -> Statistics:
        """Return mean and deviation of each entry of the one-hot rows."""
        probs = self.log_probs.exp()
        return Statistics(probs, (probs * (1 - probs)).sqrt())


class DiscreteRSSM(RSSM):
    """The RSSM with categoricals; its samples pass gradients straight through."""

    def __init__(
        self, action_size: int, embed_size: int, *, stoch: int, deter: int, hidden: int, style: Hidden = PAPER
    ) -> None:
        super().__init__(action_size, embed_size, stoch=stoch, deter=deter, hidden=hidden, style=style)
        self.img3 = nn.Linear(hidden, stoch)
        self.obs2 = nn.Linear(hidden, stoch)

    def noise(self, source: NoiseSource, *shape: int) -> Tensor:
        """Draw Gumbel noise, (*shape, S)."""
        return source.gumbel(*shape, self.stoch_size)

    def state_at(self, feat: Tensor) -> LatentState:
        """Return a state to continue from, whose classes are equally likely."""
        stoch, deter = torch.split(feat, [self.stoch_size, self.deter_size], -1)
        return DiscreteState(torch.zeros_like(stoch), stoch, deter)

    def _state(self, outputs: Tensor, deter: Tensor, noise: Tensor | None) -> LatentState:
        logits = SHARPNESS * outputs.to(deter.dtype).unflatten(-1, (-1, CLASSES))
        log_probs = logits.log_softmax(-1)
        drawn = logits if noise is None else logits + noise.unflatten(-1, (-1, CLASSES))
        hard = F.one_hot(drawn.argmax(-1), CLASSES).to(logits.dtype)
        stoch = hard + (log_probs.exp() - log_probs.exp().detach())
        return DiscreteState(log_probs.flatten(-2), stoch.flatten(-2), deter)


DISCRETE = replace(FAST, rssm=DiscreteRSSM)
"""The fast build with discrete latents."""


def most_likely(mean: Tensor) -> Tensor:
    """Return the most likely one-hot rows (..., S) for the mean of a `DiscreteState`."""
    classes = mean.unflatten(-1, (-1, CLASSES)).argmax(-1)
    return F.one_hot(classes, CLASSES).to(mean.dtype).flatten(-2)
