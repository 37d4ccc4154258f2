"""The findings of a check about an environment."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dreamer_studio.arrays import FRAME_SHAPE, Images
from dreamer_studio.envs import EnvError, EnvSpec, TimeStep


@dataclass(frozen=True, eq=False)
class Repeat:
    """Steps of an episode that repeats the seed of an earlier one.

    Attributes:
        steps: The later episode, from its reset on.
        first: The same number of steps of the earlier episode.
    """

    steps: tuple[TimeStep, ...]
    first: tuple[TimeStep, ...]

    @property
    def same_frames(self) -> bool:
        """Return whether all frames are the same."""
        pairs = zip(self.first, self.steps, strict=True)
        return all(np.array_equal(one.image, other.image) for one, other in pairs)

    def first_difference(self) -> tuple[int, str] | None:
        """Return the number of the first step that differs and what differs there, or None."""
        for number, (one, other) in enumerate(zip(self.first, self.steps, strict=True)):
            if not np.array_equal(one.image, other.image):
                return number, "the frame"
            if one.reward != other.reward:
                return number, "the reward"
            if one.end != other.end:
                return number, "the end"
        return None


@dataclass(frozen=True)
class Printed:
    """The printed output of an environment.

    Attributes:
        at_start: Lines until the process was ready.
        later: Lines during the steps.
        example: One of the lines; empty if there is none.
        stack: Where the process was when it did not answer, as `faulthandler` writes a stack; empty if it answered.
    """

    at_start: int = 0
    later: int = 0
    example: str = ""
    stack: str = ""


@dataclass(frozen=True)
class Speed:
    """How fast an environment answers; all in seconds.

    Attributes:
        start: Until the process was ready.
        reset: Of the first reset.
        steps: Of each step, with its frame.
        undrawn: Of a step without a frame; None if it was not measured.
    """

    start: float
    reset: float = 0.0
    steps: tuple[float, ...] = ()
    undrawn: float | None = None


@dataclass(frozen=True)
class Memory:
    """Resident memory of the environment process in bytes; 0 if the system does not tell.

    Attributes:
        at_start: When the process was ready.
        settled: After the first steps.
        at_end: After all steps.
    """

    at_start: int = 0
    settled: int = 0
    at_end: int = 0


@dataclass(frozen=True, eq=False)
class Findings:
    """The findings until the end of the check, or until the environment failed.

    Attributes:
        task: The task.
        spec: What the process said about the task; None if it did not start.
        action_space: The task's own action space in words; may be empty.
        steps: The random steps, with a reset at the beginning of each episode.
        again: The same seed and the same actions once more; None if they were not played.
        others: The same seed and other actions; None if they were not played.
        restored: Whether a step from a restored state gave the frame and the reward of the step that it repeats;
            None if the task keeps no state.
        speed: How fast it is.
        memory: How much memory it takes.
        printed: What it printed.
        failure: The error that ended the check; None if it came to its end.
    """

    task: str
    speed: Speed
    spec: EnvSpec | None = None
    action_space: str = ""
    steps: tuple[TimeStep, ...] = ()
    again: Repeat | None = None
    others: Repeat | None = None
    restored: bool | None = None
    memory: Memory = Memory()
    printed: Printed = Printed()
    failure: EnvError | None = None

    @property
    def taken(self) -> tuple[TimeStep, ...]:
        """Return the random steps without the resets."""
        return tuple(step for step in self.steps if not step.is_first)

    @property
    def frames(self) -> Images:
        """Return the frames of all random steps and resets, (n, 64, 64, 3)."""
        return np.array([step.image for step in self.steps], np.uint8).reshape(-1, *FRAME_SHAPE)
