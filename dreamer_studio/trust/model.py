"""The questions that the gauges ask a model."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from torch import Tensor

from dreamer_studio.dreamer.agent import Heads, PolicyMode
from dreamer_studio.dreamer.latent import LatentState
from dreamer_studio.dreamer.noise import ActionKind, NoiseSource


class Model(Protocol):
    """The methods of `Agent` that the gauges call; `Agent` describes them in full. Tests pass made models."""

    action_kind: ActionKind

    def noise(self, source: NoiseSource, *shape: int) -> Tensor:
        """Draw the noise (*shape, S) of samples of latents."""

    def filter(self, image: Tensor, action: Tensor, noise: Tensor, start: Any = None) -> LatentState:
        """Return the posteriors (B, T, .) along recorded sequences."""

    def roll_out(
        self, start: Any, policy: Callable[[Tensor, int], Tensor], noise: Tensor
    ) -> tuple[LatentState, Tensor]:
        """Imagine along a policy's actions."""

    def decode(self, feat: Tensor) -> Tensor:
        """Return the images (..., 64, 64, 3) uint8 at features (..., F)."""

    def heads(self, feat: Tensor) -> Heads:
        """Return predicted reward, value and discount at features (..., F)."""

    def ending(self, pcont: Tensor) -> Tensor:
        """Return the chance (...) that the episode is over; NaN if the model predicts no ends."""

    def act(self, feat: Tensor, noise: NoiseSource, mode: PolicyMode = "sample") -> Tensor:
        """Return the policy's action (N, A)."""

    def entropy(self, feat: Tensor, noise: NoiseSource) -> Tensor:
        """Return the policy's entropy (N,) in nats."""
