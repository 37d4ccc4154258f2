"""Every random number of the algorithm, drawn in one place.

Functions of this package take their noise as an argument. So the same functions serve training, whose noise is drawn
here, tests, which give their own, and viewing, which draws from another generator and leaves that of training alone.
In the paper this is the epsilon of reparameterized samples (Sec. 3, Eq. 3).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor

ActionKind = Literal["continuous", "discrete"]


class NoiseSource:
    """A seeded stream of standard noise on one device.

    `torch.distributions` and `Tensor.normal_` without a generator draw from the process-wide stream, which other
    threads may use at the same time. A `NoiseSource` has a generator of its own.
    """

    def __init__(self, seed: int, device: torch.device | str = "cpu") -> None:
        self.device = torch.device(device)
        self.generator = torch.Generator(self.device).manual_seed(seed)

    def normal(self, *shape: int) -> Tensor:
        """Draw standard normal numbers of a shape, float32."""
        return torch.randn(shape, generator=self.generator, device=self.device)

    def uniform(self, *shape: int) -> Tensor:
        """Draw uniform numbers in [0, 1) of a shape, float32."""
        return torch.rand(shape, generator=self.generator, device=self.device)

    def gumbel(self, *shape: int) -> Tensor:
        """Draw standard Gumbel numbers: argmax(logits + gumbel) is a sample of the softmax of the logits."""
        tiny = torch.finfo(torch.float32).tiny
        return -torch.log((-torch.log(self.uniform(*shape).clamp_min(tiny))).clamp_min(tiny))

    def action(self, kind: ActionKind, *shape: int) -> Tensor:
        """Draw the noise of an action's sample: normal before the tanh, or Gumbel for one-hot actions."""
        return self.normal(*shape) if kind == "continuous" else self.gumbel(*shape)

    def state(self) -> Tensor:
        """Return the state of the generator, uint8, for `restore`."""
        return self.generator.get_state()

    def restore(self, state: Tensor) -> None:
        """Go back to a `state`."""
        self.generator.set_state(state)


@dataclass(frozen=True, eq=False)
class UpdateNoise:
    """All noise of one update. B batch, T length, H horizon, N start states, S stochastic size, A actions.

    Attributes:
        posterior: (T, B, S), for samples of posteriors, from `RSSM.noise`.
        imagination: (H, N, S), for samples of imagined priors, from `RSSM.noise`.
        action: (H, N, A), standard normal before the tanh, or Gumbel for one-hot actions.
        prior: (T, B, S), for samples of priors; None in training, which does not read these samples.
    """

    posterior: Tensor
    imagination: Tensor
    action: Tensor
    prior: Tensor | None = None
