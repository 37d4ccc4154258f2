"""The distributions of the algorithm, with the noise of a sample given from outside.

Sources: the author's ``tools.py`` (SampleDist, OneHotDist) and ``models.py`` (ActionDecoder).
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
"""Samples among which the mode of a tanh-normal is sought, as in the author's code."""


def unit_normal_log_prob(mean: Tensor, value: Tensor) -> Tensor:
    """Log-density of Normal(mean, 1) at `value`, constant included."""
    return -0.5 * (value - mean).square() - LOG_SQRT_2PI


def normal_kl(mean: Tensor, std: Tensor, other_mean: Tensor, other_std: Tensor) -> Tensor:
    """KL(Normal(mean, std) || Normal(other_mean, other_std)) in nats, summed over the last dimension."""
    return 0.5 * _twice_normal_kl(mean, std, other_mean, other_std).sum(-1)


def normal_kl_each(mean: Tensor, std: Tensor, other_mean: Tensor, other_std: Tensor) -> Tensor:
    """What each dimension has in `normal_kl`, (...) like its arguments."""
    return 0.5 * _twice_normal_kl(mean, std, other_mean, other_std)


def _twice_normal_kl(mean: Tensor, std: Tensor, other_mean: Tensor, other_std: Tensor) -> Tensor:
    ratio = (std / other_std).square()
    distance = ((mean - other_mean) / other_std).square()
    return ratio + distance - 1 - ratio.log()


def normal_entropy(std: Tensor) -> Tensor:
    """Entropy of Normal(., std) in nats, summed over the last dimension."""
    return (std.log() + LOG_SQRT_2PI + 0.5).sum(-1)


class ActionDistribution(Protocol):
    """What the action model returns: a distribution over actions of shape (..., A)."""

    def sample(self, noise: Tensor) -> Tensor:
        """A sample (..., A) that carries gradients, from noise (..., A) of the right kind."""

    def mode(self, noise: Tensor) -> Tensor:
        """The most likely action (..., A); `noise` (K, ..., A) serves where it must be estimated."""

    def entropy(self, noise: Tensor) -> Tensor:
        """Entropy (...) in nats, exact or estimated from the one sample of `noise` (..., A): average it over many."""


@dataclass(frozen=True, eq=False)
class TanhNormal:
    """tanh of a Normal, independent per dimension: `mean` and `std` (..., A) are those before the tanh."""

    mean: Tensor
    std: Tensor

    def sample(self, noise: Tensor) -> Tensor:
        """Reparameterised sample in (-1, 1)."""
        return torch.tanh(self.mean + self.std * noise)

    def log_prob(self, noise: Tensor) -> Tensor:
        """Log-density (...) of the sample that `noise` (..., A) gives.

        It is computed from the noise rather than the action: the inverse of tanh is worthless near +-1.
        """
        before = self.mean + self.std * noise
        log_det = 2 * (math.log(2) - before - F.softplus(-2 * before))
        return (-0.5 * noise.square() - LOG_SQRT_2PI - self.std.log() - log_det).sum(-1)

    def mode(self, noise: Tensor) -> Tensor:
        """The sample of highest density among K, for each row its own (the author's code takes row 0's for all)."""
        best = self.log_prob(noise).argmax(0)
        index = best[None, ..., None].expand(1, *self.mean.shape)
        return self.sample(noise).gather(0, index).squeeze(0)

    def entropy(self, noise: Tensor) -> Tensor:
        """Minus the log-density of the sample; the entropy of a tanh-normal has no closed form."""
        return -self.log_prob(noise)


@dataclass(frozen=True, eq=False)
class OneHot:
    """A categorical distribution whose samples are one-hot rows and pass gradients straight through to the softmax."""

    logits: Tensor

    def sample(self, noise: Tensor) -> Tensor:
        """One-hot of argmax(logits + Gumbel noise); its gradient is that of the probabilities."""
        hard = self._one_hot((self.logits + noise).argmax(-1))
        soft = self.logits.softmax(-1)
        return hard + (soft - soft.detach())

    def mode(self, noise: Tensor) -> Tensor:
        """One-hot of the largest logit; the noise is not needed."""
        return self._one_hot(self.logits.argmax(-1))

    def entropy(self, noise: Tensor) -> Tensor:
        """Exact entropy; the noise is not needed."""
        log_probs = self.logits.log_softmax(-1)
        return -(log_probs.exp() * log_probs).sum(-1)

    def _one_hot(self, index: Tensor) -> Tensor:
        return F.one_hot(index, self.logits.shape[-1]).to(self.logits.dtype)
