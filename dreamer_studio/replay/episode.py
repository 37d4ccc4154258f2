"""One episode as arrays. L rows: the reset and L - 1 agent steps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Protocol

import numpy as np
from numpy.typing import NDArray


class StepLike(Protocol):
    """What an environment returns for one agent step; `dreamer_studio.envs.TimeStep` is one."""

    @property
    def image(self) -> NDArray[np.uint8]:
        """(64, 64, 3)."""

    @property
    def action(self) -> NDArray[np.float32]:
        """(A,), as executed."""

    @property
    def reward(self) -> float:
        """Received on arriving here."""

    @property
    def discount(self) -> float:
        """0 at a terminal step, else 1."""

    @property
    def is_terminal(self) -> bool:
        """Whether the task ended here, other than by the clock."""

    @property
    def steps(self) -> int:
        """Simulator steps that it took."""

    @property
    def state(self) -> NDArray[np.float64] | None:
        """(n,), the simulator's, where it tells it."""


@dataclass(frozen=True, eq=False)
class Episode:
    """One episode.

    Attributes:
        image: (L, 64, 64, 3) uint8.
        action: (L, A) float32; action[t] was executed and led to image[t]; action[0] is zeros.
        reward: (L,) float32; reward[t] was received on arriving at t; reward[0] is 0.
        discount: (L,) float32, 0 at a terminal step, else 1.
        is_terminal: (L,) bool.
        steps: (L,) int32, simulator steps that row took; 0 in the first.
    """

    image: NDArray[np.uint8]
    action: NDArray[np.float32]
    reward: NDArray[np.float32]
    discount: NDArray[np.float32]
    is_terminal: NDArray[np.bool_]
    steps: NDArray[np.int32]

    def __post_init__(self) -> None:
        """Check the shapes against each other.

        Raises:
            ValueError: they do not belong to one episode.
        """
        rows = len(self.reward)
        if rows < 1 or self.image.shape[1:] != (64, 64, 3) or self.image.dtype != np.uint8 or self.action.ndim != 2:
            raise ValueError(f"not an episode: image {self.image.shape}, action {self.action.shape}")
        for field in fields(self):
            if len(getattr(self, field.name)) != rows:
                raise ValueError(f"not an episode: {rows} rewards but {len(getattr(self, field.name))} {field.name}s")

    def __len__(self) -> int:
        return len(self.reward)

    def part(self, start: int, count: int) -> Episode:
        """Rows `start` to `start + count`, without copying them."""
        rows = slice(start, start + count)
        return Episode(**{field.name: getattr(self, field.name)[rows] for field in fields(self)})

    @property
    def total_steps(self) -> int:
        """Simulator steps."""
        return int(self.steps.sum())

    @property
    def total_reward(self) -> float:
        """The return, undiscounted."""
        return float(self.reward.sum())


class EpisodeBuilder:
    """An episode in the making."""

    def __init__(self) -> None:
        self._rows: list[StepLike] = []

    @classmethod
    def resumed(cls, episode: Episode, states: Sequence[NDArray[np.float64] | None] = ()) -> EpisodeBuilder:
        """Continue one that was saved before its end.

        Args:
            episode: its rows so far.
            states: the simulator's at each of them, as they were come by again; they are not saved with it.
        """
        builder = cls()
        known = states or [None] * len(episode)
        builder._rows = [_Row(episode, index, state) for index, state in zip(range(len(episode)), known, strict=True)]
        return builder

    def __len__(self) -> int:
        return len(self._rows)

    def add(self, row: StepLike) -> None:
        """Append the reset, then every agent step."""
        self._rows.append(row)

    @property
    def total_steps(self) -> int:
        """Simulator steps so far."""
        return sum(row.steps for row in self._rows)

    def build(self) -> Episode:
        """The rows so far as arrays; at least one row is needed."""
        rows = self._rows
        return Episode(
            image=np.stack([row.image for row in rows]),
            action=np.stack([row.action for row in rows]).astype(np.float32),
            reward=np.array([row.reward for row in rows], np.float32),
            discount=np.array([row.discount for row in rows], np.float32),
            is_terminal=np.array([row.is_terminal for row in rows], np.bool_),
            steps=np.array([row.steps for row in rows], np.int32),
        )

    def states(self) -> NDArray[np.float64] | None:
        """The simulator's states at the rows so far, (L, n); None where one of them is not known."""
        known = [row.state for row in self._rows if row.state is not None]
        return np.stack(known) if len(known) == len(self._rows) else None


class _Row:
    """A row of a finished `Episode`, read as a step."""

    def __init__(self, episode: Episode, index: int, state: NDArray[np.float64] | None) -> None:
        self.image: NDArray[np.uint8] = episode.image[index]
        self.action: NDArray[np.float32] = episode.action[index]
        self.reward = float(episode.reward[index])
        self.discount = float(episode.discount[index])
        self.is_terminal = bool(episode.is_terminal[index])
        self.steps = int(episode.steps[index])
        self.state = state
