"""The two passes of an update that `torch.compile` may speed up: over a batch, and through imagination."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch

from dreamer_studio.dreamer.batch import Batch
from dreamer_studio.dreamer.behavior import BehaviorOutput, learn_behavior
from dreamer_studio.dreamer.noise import UpdateNoise
from dreamer_studio.dreamer.world_model import WorldModel, WorldModelOutput


@dataclass(frozen=True)
class Passes:
    """Two functions that compute the losses, as they are or compiled.

    Attributes:
        model: `WorldModel.forward` of one world model.
        behavior: `learn_behavior`.
        compiled: whether they are compiled.
    """

    model: Callable[[Batch, UpdateNoise], WorldModelOutput]
    behavior: Callable[..., BehaviorOutput]
    compiled: bool

    @classmethod
    def of(cls, world_model: WorldModel, *, compiled: bool) -> Passes:
        """Compiled ones are compiled when they are first called: their loops over time are unrolled for that."""
        if not compiled:
            return cls(world_model.forward, learn_behavior, compiled=False)
        # Two gradients are taken through one imagination; compiled code would else reuse what the second one needs.
        torch._functorch.config.donated_buffer = False
        return cls(torch.compile(world_model.forward), torch.compile(learn_behavior), compiled=True)
