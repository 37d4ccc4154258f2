"""The interface between a suite's simulators and the rest of this package."""

from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from dreamer_studio.envs.actions import Actions
from dreamer_studio.envs.errors import EnvError
from dreamer_studio.envs.spec import End

LARGEST_REWARD: Final = 1e12
"""Beyond it, the squares in the float32 losses would soon be infinite. No task pays that much."""


@dataclass(frozen=True)
class Tick:
    """The result of one action, without the image, because action repeat renders only the last image.

    Attributes:
        reward: Within +-`LARGEST_REWARD`.
        end: How the episode ended here; None while it continues.
        steps: Simulator steps taken.

    Raises:
        EnvError: If the reward is NaN, infinite or beyond `LARGEST_REWARD`.
    """

    reward: float
    end: End | None = None
    steps: int = 1

    def __post_init__(self) -> None:
        if not abs(self.reward) <= LARGEST_REWARD:  # NaN fails this comparison too
            raise EnvError(f"the environment gave a reward that is not finite, or absurdly large: {self.reward}")


def end_of(*, terminated: bool, truncated: bool) -> End | None:
    """Return a task's word for the end at a step; if both flags are set, the state is terminal."""
    return "terminated" if terminated else "truncated" if truncated else None


class Simulator(Protocol):
    """A task that can be reset, stepped and rendered, the last from the start."""

    def reset(self, seed: int) -> None:
        """Start an episode that depends on `seed` alone, not on the episodes before it."""

    def step(self, executed: NDArray[np.float32]) -> Tick:
        """Take an executed action, float32 (A,). Do not call this after the last tick of an episode."""

    def image(self) -> NDArray[np.uint8]:
        """Return the agent's current image, uint8 (64, 64, 3), a new array."""

    def render(self, width: int, height: int) -> NDArray[np.uint8]:
        """Draw the current state for the user, uint8 (height, width, 3), a new array; changes nothing."""

    def state(self) -> NDArray[np.float64] | None:
        """Return what the next step depends on, apart from what the seed determines: float64 (n,), a new array.

        None if the simulator cannot tell: most libraries do not say where they keep their state.
        """

    def restore(self, state: NDArray[np.float64]) -> None:
        """Restore a state of the episode that `reset` has just started; `image` is right from the next step on.

        Args:
            state: float64 (n,), finite; it may come from a stranger's file.

        Raises:
            EnvError: If this is no state of the task, or if the simulator cannot restore states.
        """

    def close(self) -> None:
        """Release windows, connections and child processes. No method is called after this."""


class BaseSimulator:
    """A simulator with defaults that suit most suites.

    A subclass writes `reset`, `step` and `image`. The user then sees the agent's image enlarged, and no state is kept:
    the Dream workspace cannot leave the recorded episode at any frame in the real environment, and a run that is
    stopped within an episode plays the episode again.
    """

    def image(self) -> NDArray[np.uint8]:
        """Return the agent's current image, uint8 (64, 64, 3), a new array."""
        raise NotImplementedError

    def render(self, width: int, height: int) -> NDArray[np.uint8]:
        """Enlarge or shrink `image` to uint8 (height, width, 3)."""
        from dreamer_studio.envs.frames import to_frame  # noqa: PLC0415  (Pillow, which the window starts without)

        return to_frame(self.image(), width, height)

    def state(self) -> NDArray[np.float64] | None:
        """Return None: this simulator does not know its state."""
        return None

    def restore(self, state: NDArray[np.float64]) -> None:
        """Raise an `EnvError`: this simulator cannot restore states."""
        raise EnvError("this environment cannot restore a state")

    def close(self) -> None:
        """Do nothing: there is nothing to release."""


def count_in_state(number: float, limit: float) -> int:
    """Read a number of a state as a count of steps, out of `limit`.

    Raises:
        EnvError: If the number is not such a count.
    """
    if not (0 <= number < limit and number == int(number)):
        raise EnvError(f"the state counts {number:g} steps in an episode of {limit:g}")
    return int(number)


def foreign_state(found: int, expected: int) -> EnvError:
    """Build the error for a state whose length is not this task's."""
    return EnvError(f"the state has {found} numbers, but this task's states have {expected}")


@dataclass(frozen=True)
class LoadedTask:
    """A loaded task: its simulator, and facts about it.

    Attributes:
        simulator: One call of its `step` is one simulator step.
        actions: Its actions.
        own_time_limit: Simulator steps after which the task ends an episode itself; None if it states no limit.
        uses_gl: Whether it renders through OpenGL.
        sees: What the agent's frames are made of, in words.
        acts: How the agent writes an action, in words.
        action_space: The task's own action space in words, with its bounds.
        state_names: Names of the first numbers of the simulator's `state`; empty for numbers that say nothing about
            the world, such as the time.
        state_angles: Indices of the numbers that are angles without a bound, in radians.
    """

    simulator: Simulator
    actions: Actions
    own_time_limit: int | None = None
    uses_gl: bool = False
    sees: str = ""
    acts: str = ""
    action_space: str = ""
    state_names: tuple[str, ...] = ()
    state_angles: tuple[int, ...] = ()
