"""The distributions of the algorithm. A sample takes its noise as an argument.

Sources: Sec. 3, Eq. 3 of the paper (reparameterized actions); the author's ``tools.SampleDist``, ``tools.OneHotDist``
and ``models.ActionDecoder``. `BoundedNormal` is DreamerV3's (arXiv 2301.04104).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol

import torch
import torch.nn.functional as F
from torch import Tensor

LOG_SQRT_2PI = 0.5 * math.log(2 * math.pi)
MODE_SAMPLES = 100
"""Samples from which the mode of a tanh-normal is chosen, as in the author's code."""


def unit_normal_log_prob(mean: Tensor, value: Tensor) -> Tensor:
    """Return the log-density of Normal(mean, 1) at `value`, with its constant."""
    return -0.5 * (value - mean).square() - LOG_SQRT_2PI


def normal_kl(mean: Tensor, std: Tensor, other_mean: Tensor, other_std: Tensor) -> Tensor:
    """Return KL(Normal(mean, std) || Normal(other_mean, other_std)) of each dimension in nats, like its arguments.

    The KL of a state is the sum over the stochastic dimensions. All arguments (..., S).
    """
    ratio = (std / other_std).square()
    distance = ((mean - other_mean) / other_std).square()
    # paper: Eq. 10, dynamics
    return 0.5 * (ratio + distance - 1 - ratio.log())


def normal_entropy(std: Tensor) -> Tensor:
    """Return the entropy of Normal(., std) in nats, summed over the last dimension."""
    return (std.log() + LOG_SQRT_2PI + 0.5).sum(-1)


class ActionDistribution(Protocol):
    """A distribution over actions (..., A), as the action model returns."""

    def sample(self, noise: Tensor) -> Tensor:
        """Return a sample (..., A) that carries gradients, from noise (..., A) of the right kind."""

    def mode(self, noise: Tensor) -> Tensor:
        """Return the most likely action (..., A), estimated from `noise` (K, ..., A) if there is no closed form."""

    def entropy(self, noise: Tensor) -> Tensor:
        """Return the entropy (...) in nats, exact or estimated from the one sample of `noise` (..., A).

        The entropy carries a gradient: an exact entropy has its own, an estimate has that of its sample.
        """


@dataclass(frozen=True, eq=False)
class TanhNormal:
    """tanh of a Normal, independent per dimension; `mean` and `std` (..., A) are of the Normal."""

    mean: Tensor
    std: Tensor

    def sample(self, noise: Tensor) -> Tensor:
        """Return tanh(mu + sigma eps) in (-1, 1)."""
        # paper: Eq. 3
        return torch.tanh(self.mean + self.std * noise)

    def log_prob(self, noise: Tensor) -> Tensor:
        """Return the log-density (...) of the sample that `noise` (..., A) gives.

        The noise gives the value before the tanh; inverting the tanh of an action near +-1 would lose all digits.
        """
        before = self.mean + self.std * noise
        log_det = 2 * (math.log(2) - before - F.softplus(-2 * before))
        return (-0.5 * noise.square() - LOG_SQRT_2PI - self.std.log() - log_det).sum(-1)

    def mode(self, noise: Tensor) -> Tensor:
        """Return the densest of K samples, chosen for each row (the author's code takes that of row 0 for all)."""
        best = self.log_prob(noise).argmax(0)
        index = best[None, ..., None].expand(1, *self.mean.shape)
        return self.sample(noise).gather(0, index).squeeze(0)

    def entropy(self, noise: Tensor) -> Tensor:
        """Return minus the log-density of the sample: an estimate, since this entropy has no closed form."""
        return -self.log_prob(noise)


@dataclass(frozen=True, eq=False)
class BoundedNormal:
    """A Normal with a mean in [-1, 1], clipped to [-1, 1]; `mean` and `std` (..., A) are from before the clip.

    DreamerV3 (arXiv 2301.04104); the author's ``normal`` in ``nets.Dist`` and ``action_clip`` in ``nets.RSSM``.
    """

    mean: Tensor
    std: Tensor

    def sample(self, noise: Tensor) -> Tensor:
        """Return mu + sigma eps, clipped to [-1, 1]. Beyond the bounds, the gradient is divided by the size."""
        free = self.mean + self.std * noise
        return free / free.detach().abs().clamp_min(1.0)

    def mode(self, noise: Tensor) -> Tensor:
        """Return the mean; the noise is not read."""
        return self.mean

    def entropy(self, noise: Tensor) -> Tensor:
        """Return the exact entropy of the Normal before the clip; the noise is not read."""
        return normal_entropy(self.std)


@dataclass(frozen=True, eq=False)
class OneHot:
    """A categorical distribution with one-hot samples, whose gradients pass straight through to the softmax."""

    logits: Tensor

    def sample(self, noise: Tensor) -> Tensor:
        """Return the one-hot of argmax(logits + Gumbel noise), with the gradient of the probabilities."""
        hard = self._one_hot((self.logits + noise).argmax(-1))
        soft = self.logits.softmax(-1)
        # paper: Appendix A, categorical actions
        return hard + (soft - soft.detach())

    def mode(self, noise: Tensor) -> Tensor:
        """Return the one-hot of the largest logit; the noise is not read."""
        return self._one_hot(self.logits.argmax(-1))

    def entropy(self, noise: Tensor) -> Tensor:
        """Return the exact entropy; the noise is not read."""
        log_probs = self.logits.log_softmax(-1)
        return -(log_probs.exp() * log_probs).sum(-1)

    def _one_hot(self, index: Tensor) -> Tensor:
        return F.one_hot(index, self.logits.shape[-1]).to(self.logits.dtype)
