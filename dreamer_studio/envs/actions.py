"""The actions of a task. Only this module builds the action that is executed."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from dreamer_studio.envs.errors import EnvError


class Actions(Protocol):
    """The actions of a task, as the agent writes them and as the simulator takes them."""

    @property
    def kind(self) -> Literal["continuous", "discrete"]:
        """Return how the agent writes an action."""

    @property
    def names(self) -> tuple[str, ...]:
        """One name per entry of an action vector, so their number is the action size A."""

    def executed(self, action: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the action that is executed when the agent asks for `action`.

        Args:
            action: (A,), finite.

        Returns:
            float32 (A,), a new array; the agent learns from this one.

        Raises:
            EnvError: If `action` has another shape or an entry that is not finite.
        """

    def native(self, executed: NDArray[np.float32]) -> Any:
        """Translate an executed action, float32 (A,), into the simulator's own units."""


@dataclass(frozen=True, eq=False)
class BoxActions:
    """Continuous actions: [-1, 1] in every dimension, scaled to the bounds where both are finite.

    A dimension with one finite bound gets the interval of length 2 that begins or ends there. A dimension
    without bounds stays [-1, 1].

    Attributes:
        low: (A,), lower bounds in the simulator's units; -inf where there is none.
        high: (A,), upper bounds in the simulator's units; inf where there is none.
        names: A names.
    """

    low: NDArray[np.float64]
    high: NDArray[np.float64]
    names: tuple[str, ...]
    kind: Literal["continuous"] = field(default="continuous", init=False)

    def __post_init__(self) -> None:
        assert self.low.shape == self.high.shape == (len(self.names),)

    @classmethod
    def unit(cls, *names: str) -> BoxActions:
        """Make actions with these names whose bounds are -1 and 1: the simulator gets what the agent writes."""
        return cls(-np.ones(len(names)), np.ones(len(names)), names)

    def executed(self, action: NDArray[np.float32]) -> NDArray[np.float32]:
        """Clip the action to [-1, 1]."""
        return np.clip(checked_action(action, len(self.names)), -1.0, 1.0)

    def native(self, executed: NDArray[np.float32]) -> NDArray[np.float64]:
        """Scale [-1, 1] to the bounds."""
        has_low, has_high = np.isfinite(self.low), np.isfinite(self.high)
        low = np.where(has_low, self.low, np.where(has_high, self.high - 2.0, -1.0))
        high = np.where(has_high, self.high, np.where(has_low, self.low + 2.0, 1.0))
        # Rounding must not carry the scaled action over a bound: some simulators refuse it.
        scaled: NDArray[np.float64] = low + (executed.astype(np.float64) + 1.0) / 2.0 * (high - low)
        return np.clip(scaled, low, high)


@dataclass(frozen=True)
class DiscreteActions:
    """One of A actions, written as a one-hot vector.

    Attributes:
        names: A names.
        values: The simulator's value for each action, A in all.
    """

    names: tuple[str, ...]
    values: Sequence[Any]
    kind: Literal["discrete"] = field(default="discrete", init=False)

    def __post_init__(self) -> None:
        assert len(self.values) == len(self.names)

    def executed(self, action: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the one-hot vector of the largest entry (the first among equals)."""
        one_hot = np.zeros(len(self.names), np.float32)
        one_hot[np.argmax(checked_action(action, len(self.names)))] = 1.0
        return one_hot

    def native(self, executed: NDArray[np.float32]) -> Any:
        """Return a copy of the simulator's value of the action."""
        return copy.deepcopy(self.values[int(np.argmax(executed))])


def checked_action(action: NDArray[np.float32], size: int) -> NDArray[np.float32]:
    """Check the action that an agent asks for.

    Returns:
        The action as float32 (size,).

    Raises:
        EnvError: If it has another shape or an entry that is not finite.
    """
    array = np.asarray(action, np.float32)
    if array.shape != (size,):
        raise EnvError(f"the action has shape {array.shape}, but this task takes ({size},)")
    if not np.isfinite(array).all():
        raise EnvError(f"the action has an entry that is not finite: {array.tolist()}")
    return array
