"""What an agent can do in a task. The one place where the executed action is built."""

from dataclasses import dataclass, field
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from dreamer_studio.envs.errors import EnvError


class Actions(Protocol):
    """The actions of a task, as the agent writes them and as the simulator takes them."""

    @property
    def kind(self) -> Literal["continuous", "discrete"]:
        """How the agent writes an action."""

    @property
    def names(self) -> tuple[str, ...]:
        """One name per entry of an action vector, so their number is the action size A."""

    def executed(self, action: NDArray[np.float32]) -> NDArray[np.float32]:
        """Gives the action that will be executed when the agent asks for `action`.

        Args:
            action: (A,), finite.

        Returns:
            float32 (A,), a new array; the agent is told of this one.

        Raises:
            EnvError: If `action` has another shape or an entry that is not finite.
        """

    def native(self, executed: NDArray[np.float32]) -> NDArray[np.float64] | int:
        """Translates an executed action, float32 (A,), into the simulator's own units."""


@dataclass(frozen=True, eq=False)
class BoxActions:
    """Continuous actions: [-1, 1] in every dimension, scaled to the bounds where both are finite.

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

    def executed(self, action: NDArray[np.float32]) -> NDArray[np.float32]:
        """Clips the action to [-1, 1]."""
        return np.clip(_checked(action, len(self.names)), -1.0, 1.0)

    def native(self, executed: NDArray[np.float32]) -> NDArray[np.float64]:
        """Scales [-1, 1] to [low, high] where both are finite; passes the other dimensions on as they are."""
        bounded = np.isfinite(self.low) & np.isfinite(self.high)
        low = np.where(bounded, self.low, -1.0)
        high = np.where(bounded, self.high, 1.0)
        # Rounding must not carry the scaled action over a bound: some simulators refuse it.
        scaled: NDArray[np.float64] = low + (executed.astype(np.float64) + 1.0) / 2.0 * (high - low)
        return np.clip(scaled, low, high)


@dataclass(frozen=True)
class DiscreteActions:
    """One of A actions, written as a one-hot vector.

    Attributes:
        names: A names.
        start: The simulator's number for the first action.
    """

    names: tuple[str, ...]
    start: int = 0
    kind: Literal["discrete"] = field(default="discrete", init=False)

    def executed(self, action: NDArray[np.float32]) -> NDArray[np.float32]:
        """Picks the largest entry (the first of equals) and gives its one-hot vector."""
        one_hot = np.zeros(len(self.names), np.float32)
        one_hot[np.argmax(_checked(action, len(self.names)))] = 1.0
        return one_hot

    def native(self, executed: NDArray[np.float32]) -> int:
        """Gives the simulator's number of the action."""
        return self.start + int(np.argmax(executed))


def _checked(action: NDArray[np.float32], size: int) -> NDArray[np.float32]:
    array = np.asarray(action, np.float32)
    if array.shape != (size,):
        raise EnvError(f"the action has shape {array.shape}, but this task takes ({size},)")
    if not np.isfinite(array).all():
        raise EnvError(f"the action has an entry that is not finite: {array.tolist()}")
    return array
