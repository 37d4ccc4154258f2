"""Remedies that the author published after DreamerV1. All are off by default.

V2 is DreamerV2 (arXiv 2010.02193), V3 is DreamerV3 (arXiv 2301.04104). `docs/design/remedies.md` lists them.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from dreamer_studio.config import Config
from dreamer_studio.dreamer.heads import DenseHead

SLOW_VALUE = "slow_value/"
"""Prefix of the names of the slow value model's weights in a checkpoint."""


@dataclass(frozen=True, eq=False)
class Remedies:
    """The remedies of behavior learning; by default none.

    Attributes:
        slow_value: value model for the lambda-returns; None: the one that learns.
    """

    slow_value: DenseHead | None = None


NONE = Remedies()
"""The algorithm of the paper."""


class Running:
    """The values that remedies carry from one update to the next.

    Attributes:
        slow_value: slow copy of the value model; None while `slow_target` is 0.
    """

    def __init__(self, value_model: DenseHead) -> None:
        """Begin with nothing. `configure` makes what the settings ask for."""
        self._value_model = value_model
        self.slow_value: DenseHead | None = None

    def configure(self, config: Config) -> None:
        """Begin what a setting switched on, with the present weights, and drop what a setting switched off."""
        self._slow_target = config.slow_target
        if not config.slow_target:
            self.slow_value = None
        elif self.slow_value is None:
            self.slow_value = self._copy()

    @property
    def remedies(self) -> Remedies:
        """Return the remedies of the next update."""
        return Remedies(self.slow_value)

    @torch.no_grad()
    def step(self) -> None:
        """Follow the value model after its optimizer: slow = share slow + (1 - share) value.

        V2, Sec. 2.2 (target network), whose copy is replaced every 100 updates; V3, "Critic learning", has the average.
        """
        if self.slow_value is not None:
            for slow, fresh in zip(self.slow_value.parameters(), self._value_model.parameters(), strict=True):
                slow.lerp_(fresh, 1 - self._slow_target)

    def state_dict(self) -> dict[str, Tensor]:
        """Return the values for a checkpoint."""
        if self.slow_value is None:
            return {}
        return {f"{SLOW_VALUE}{name}": value for name, value in self.slow_value.state_dict().items()}

    def load_state_dict(self, state: Mapping[str, Tensor]) -> None:
        """Continue from what `state_dict` returned; begin with the present weights what it lacks."""
        if self.slow_value is not None:
            weights = {name.removeprefix(SLOW_VALUE): value for name, value in state.items() if SLOW_VALUE in name}
            self.slow_value.load_state_dict(weights or self._value_model.state_dict())

    def _copy(self) -> DenseHead:
        return copy.deepcopy(self._value_model).requires_grad_(False)
