"""An episode as arrays of L rows: the reset and L - 1 agent steps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from dreamer_studio.arrays import FRAME_SHAPE


class StepLike(Protocol):
    """The result of an agent step, such as `dreamer_studio.envs.TimeStep`."""

    @property
    def image(self) -> NDArray[np.uint8]:
        """(64, 64, 3)."""

    @property
    def action(self) -> NDArray[np.float32]:
        """(A,), as executed."""

    @property
    def reward(self) -> float:
        """The reward received on arriving here."""

    @property
    def discount(self) -> float:
        """0 at a terminal step, else 1."""

    @property
    def is_terminal(self) -> bool:
        """Return whether the task reached a terminal state here."""

    @property
    def steps(self) -> int:
        """Environment steps that the row took."""

    @property
    def state(self) -> NDArray[np.float64] | None:
        """The simulator's state (n,), if it reports one."""


@dataclass(frozen=True, eq=False)
class Episode:
    """An episode.

    Attributes:
        image: (L, 64, 64, 3) uint8.
        action: (L, A) float32; action[t] was executed and led to image[t]; action[0] is zeros.
        reward: (L,) float32; reward[t] was received on arriving at t; reward[0] is 0.
        discount: (L,) float32, 0 at a terminal step, else 1.
        is_terminal: (L,) bool.
        steps: (L,) int32, environment steps that each row took; 0 in the first.
    """

    image: NDArray[np.uint8]
    action: NDArray[np.float32]
    reward: NDArray[np.float32]
    discount: NDArray[np.float32]
    is_terminal: NDArray[np.bool_]
    steps: NDArray[np.int32]

    def __post_init__(self) -> None:
        """Check that the shapes agree.

        Raises:
            ValueError: they do not.
        """
        rows = len(self.reward)
        if rows < 1 or self.image.shape[1:] != FRAME_SHAPE or self.image.dtype != np.uint8 or self.action.ndim != 2:
            raise ValueError(f"not an episode: image {self.image.shape}, action {self.action.shape}")
        for field in fields(self):
            if len(getattr(self, field.name)) != rows:
                raise ValueError(f"not an episode: {rows} rewards but {len(getattr(self, field.name))} {field.name}s")

    def __len__(self) -> int:
        return len(self.reward)

    def part(self, start: int, count: int) -> Episode:
        """Return rows `start` to `start + count`, without a copy."""
        rows = slice(start, start + count)
        return Episode(**{field.name: getattr(self, field.name)[rows] for field in fields(self)})

    @property
    def total_steps(self) -> int:
        """Environment steps."""
        return int(self.steps.sum())

    @property
    def total_reward(self) -> float:
        """The undiscounted return."""
        return float(self.reward.sum())


def episode_of(steps: Sequence[StepLike]) -> Episode:
    """Make an episode of a reset and the agent steps after it, at least one."""
    return Episode(
        image=np.stack([step.image for step in steps]),
        action=np.stack([step.action for step in steps]).astype(np.float32),
        reward=np.array([step.reward for step in steps], np.float32),
        discount=np.array([step.discount for step in steps], np.float32),
        is_terminal=np.array([step.is_terminal for step in steps], np.bool_),
        steps=np.array([step.steps for step in steps], np.int32),
    )
