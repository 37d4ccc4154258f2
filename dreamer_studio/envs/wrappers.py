"""Wrappers around a simulator; each is a simulator itself."""

from dataclasses import dataclass, replace
from typing import Final, get_args

import numpy as np
from numpy.typing import NDArray

from dreamer_studio.envs.simulator import Simulator, Tick, count_in_state, foreign_state
from dreamer_studio.envs.spec import LimitSource, RenderQuality

SAFETY_BOUND: Final = 30_000
"""Agent steps after which an episode is cut if neither a setting nor the task has a limit.

Atari's episodes, which end by themselves, take at most 27,000.
"""


class Wrapper:
    """Passes every call on to the simulator inside."""

    def __init__(self, inner: Simulator) -> None:
        self._inner = inner

    def reset(self, seed: int) -> None:
        """Start an episode."""
        self._inner.reset(seed)

    def step(self, executed: NDArray[np.float32]) -> Tick:
        """Take an executed action, float32 (A,)."""
        return self._inner.step(executed)

    def image(self) -> NDArray[np.uint8]:
        """Return the agent's current image, uint8 (64, 64, 3)."""
        return self._inner.image()

    def render(self, width: int, height: int) -> NDArray[np.uint8]:
        """Draw the current state, uint8 (height, width, 3)."""
        return self._inner.render(width, height)

    def state(self) -> NDArray[np.float64] | None:
        """Return what the next step depends on, apart from what the seed determines, or None."""
        return self._inner.state()

    def restore(self, state: NDArray[np.float64]) -> None:
        """Restore a state of the episode that `reset` has just started."""
        self._inner.restore(state)

    def close(self) -> None:
        """Release what it holds."""
        self._inner.close()


class TimeLimit(Wrapper):
    """Cuts an episode after `limit` simulator steps, unless the task ends it there."""

    def __init__(self, inner: Simulator, limit: int) -> None:
        super().__init__(inner)
        self._limit = limit
        self._taken = 0

    def reset(self, seed: int) -> None:
        """Start an episode and the clock."""
        self._taken = 0
        super().reset(seed)

    def step(self, executed: NDArray[np.float32]) -> Tick:
        """Take an executed action; cut the episode if its time is up."""
        tick = super().step(executed)
        self._taken += tick.steps
        return replace(tick, end="cut") if tick.end is None and self._taken >= self._limit else tick

    def state(self) -> NDArray[np.float64] | None:
        """Return the inner simulator's state, followed by the number of steps taken."""
        inner = super().state()
        return None if inner is None else np.append(inner, self._taken)

    def restore(self, state: NDArray[np.float64]) -> None:
        """Restore a state and the clock."""
        if len(state) == 0:
            raise foreign_state(0, 1)
        taken = count_in_state(state[-1], self._limit)
        super().restore(state[:-1])
        self._taken = taken


class ActionRepeat(Wrapper):
    """Repeats every action `times` times, sums the rewards, and stops where the episode does."""

    def __init__(self, inner: Simulator, times: int) -> None:
        super().__init__(inner)
        self._times = times

    def step(self, executed: NDArray[np.float32]) -> Tick:
        """Take an executed action `times` times, or fewer at the end of an episode."""
        total = super().step(executed)
        for _ in range(self._times - 1):
            if total.end is not None:
                break
            tick = super().step(executed)
            total = replace(tick, reward=total.reward + tick.reward, steps=total.steps + tick.steps)
        return total


@dataclass(frozen=True)
class EnvOptions:
    """How to play and draw a task.

    Attributes:
        action_repeat: Simulator steps per agent step, 1 or more; None takes the suite's default.
        time_limit: Simulator steps per episode, 1 or more; None takes the task's own limit, else `SAFETY_BOUND`.
        render_quality: How to draw its frames.
        observe: What the agent sees of a gymnasium task: ``auto``, ``observation``, ``render``, or the key of an
            image in the observation.
        render_small: Whether to ask a gymnasium task for 64 x 64 frames if their size can be set.

    Raises:
        ValueError: If a value is out of range.
    """

    action_repeat: int | None = None
    time_limit: int | None = None
    render_quality: RenderQuality = "full"
    observe: str = "auto"
    render_small: bool = False

    def __post_init__(self) -> None:
        for name in ("action_repeat", "time_limit"):
            value = getattr(self, name)
            if value is not None and value < 1:
                raise ValueError(f"{name} must be 1 or more, not {value}")
        if self.render_quality not in get_args(RenderQuality):
            raise ValueError(f"render_quality must be full or fast, not {self.render_quality!r}")

    def resolved(self, default_repeat: int, own_limit: int | None) -> tuple[int, int, LimitSource]:
        """Decide the action repeat, the time limit in simulator steps, and who set the limit.

        Args:
            default_repeat: The suite's action repeat.
            own_limit: Simulator steps after which the task stops an episode itself; None without such a limit. Of two
                limits the shorter holds.
        """
        repeat = self.action_repeat or default_repeat
        if own_limit is not None and (self.time_limit is None or own_limit <= self.time_limit):
            return repeat, own_limit, "task"
        if self.time_limit is not None:
            return repeat, self.time_limit, "setting"
        return repeat, SAFETY_BOUND * repeat, "safety bound"


def wrapped(simulator: Simulator, action_repeat: int, time_limit: int) -> Simulator:
    """Put the wrappers around a simulator; one step of the result is one agent step.

    The time limit, in simulator steps, counts inside the repeat, so that it may end an episode between two repeats.
    """
    return ActionRepeat(TimeLimit(simulator, time_limit), action_repeat)
