"""Every random number of the algorithm, drawn in one place.

Functions of this package take their noise as an argument, so that the same functions serve training (noise drawn
here), tests (noise given) and viewing (noise drawn from another generator, which leaves training's alone).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor

ActionKind = Literal["continuous", "discrete"]


class NoiseSource:
    """A seeded stream of standard noise on one device.

    `torch.distributions` and `Tensor.normal_` without a generator draw from the process-wide stream, which any other
    thread may also be using; this draws from its own.
    """

    def __init__(self, seed: int, device: torch.device | str = "cpu") -> None:
        self.device = torch.device(device)
        self.generator = torch.Generator(self.device).manual_seed(seed)

    def normal(self, *shape: int) -> Tensor:
        """Standard normal numbers of the given shape, float32."""
        return torch.randn(shape, generator=self.generator, device=self.device)

    def uniform(self, *shape: int) -> Tensor:
        """Numbers in [0, 1) of the given shape, float32."""
        return torch.rand(shape, generator=self.generator, device=self.device)

    def gumbel(self, *shape: int) -> Tensor:
        """Standard Gumbel numbers: argmax(logits + gumbel) draws from the softmax of the logits."""
        tiny = torch.finfo(torch.float32).tiny
        return -torch.log((-torch.log(self.uniform(*shape).clamp_min(tiny))).clamp_min(tiny))

    def action(self, kind: ActionKind, *shape: int) -> Tensor:
        """The noise that a sample of the action distribution of that kind needs."""
        return self.normal(*shape) if kind == "continuous" else self.gumbel(*shape)

    def state(self) -> Tensor:
        """Where the stream stands, uint8; `restore` goes back to it."""
        return self.generator.get_state()

    def restore(self, state: Tensor) -> None:
        """Continue from a `state` taken earlier."""
        self.generator.set_state(state)


@dataclass(frozen=True, eq=False)
class UpdateNoise:
    """All noise of one update. B batch, T length, H horizon, N start states, S stochastic size, A actions.

    Attributes:
        posterior: (T, B, S), standard normal.
        imagination: (H, N, S), standard normal.
        action: (H, N, A), standard normal before the tanh, or Gumbel for one-hot actions.
        prior: (T, B, S) or None: the prior's sample feeds nothing back, so training leaves it out.
    """

    posterior: Tensor
    imagination: Tensor
    action: Tensor
    prior: Tensor | None = None
