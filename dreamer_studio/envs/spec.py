"""What an environment process reports: its task at the start, then each agent step."""

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias, get_args

import numpy as np
from numpy.typing import NDArray

from dreamer_studio.arrays import FRAME_SIZE

MOST_STATE: Final = 2048
"""Numbers in a simulator's state at most; the control suite's largest, dog-fetch, has 800."""

MOST_NAME: Final = 200
"""Characters of an action's name."""

MOST_WORDS: Final = 1000
"""Characters of a text about a task."""

End: TypeAlias = Literal["terminated", "truncated", "cut"]
"""How an episode ended.

``terminated``: the task reached a terminal state. ``truncated``: the task stopped it, for instance at its own time
limit. ``cut``: this package stopped it, after `time_limit` steps or at the safety bound. Only the first is terminal.
"""

ENDS: Final[tuple[End, ...]] = get_args(End)


def known_end(value: object) -> End | None:
    """Read how an episode ended from a log, perhaps a stranger's or an earlier version's; None if unknown."""
    return next((end for end in ENDS if end == value), None)


LimitSource: TypeAlias = Literal["setting", "task", "safety bound"]
"""Where the time limit comes from: a setting, the task, or neither."""

RenderQuality: TypeAlias = Literal["full", "fast"]
"""How to draw the Control Suite's frames; no effect on gymnasium.

``full`` is dm_control's own image. ``fast`` draws coarser edges of shadows and round shapes, which a frame of 64 x 64
hardly shows: the mean difference is below 0.6 of 255 in every task except quadruped-escape, where it is 1.4 because
the terrain's speckled shadows on itself differ.
"""


@dataclass(frozen=True)
class EnvSpec:
    """The first message of an environment process about its task.

    Attributes:
        task: The task as it was asked for, e.g. ``dmc:walker-walk``.
        action_kind: ``continuous`` (a vector in [-1, 1]) or ``discrete`` (one-hot).
        action_size: Length A of an action vector.
        action_names: A names, the task's own where it has them.
        action_repeat: Simulator steps per agent step.
        time_limit: Most simulator steps of an episode.
        gl_backend: ``egl``, ``osmesa`` or ``glfw``; empty if the task needs no OpenGL.
        pid: Process id of the environment process.
        limit_source: Where the time limit comes from; None if an earlier version did not record it.
        sees: What the agent's frames are made of, e.g. ``render, uint8 (400, 600, 3)``; empty if the run was
            begun before this was recorded.
        acts: How the agent writes an action, e.g. ``one of 10 combinations, one-hot``; empty likewise.
        state_names: Names of the first numbers of `TimeStep.state`; empty for a number that says nothing about the
            world, such as the time. No names if the task has no state, or if an earlier version began the run.
        state_angles: Indices of the numbers that are angles without a bound, in radians.
    """

    task: str
    action_kind: Literal["continuous", "discrete"]
    action_size: int
    action_names: tuple[str, ...]
    action_repeat: int
    time_limit: int
    gl_backend: str
    pid: int
    limit_source: LimitSource | None = None
    sees: str = ""
    acts: str = ""
    state_names: tuple[str, ...] = ()
    state_angles: tuple[int, ...] = ()

    @property
    def sees_in_words(self) -> str:
        """Return what the agent sees: the suite's words, else the size of its images."""
        return self.sees or f"{FRAME_SIZE} x {FRAME_SIZE} pixels"

    @property
    def acts_in_words(self) -> str:
        """Return how the agent writes an action: the suite's words, else the number of entries or choices."""
        size = self.action_size
        return self.acts or (f"{size} in [-1, 1]" if self.action_kind == "continuous" else f"one of {size}, one-hot")


def random_action(spec: EnvSpec, noise: np.random.Generator) -> NDArray[np.float32]:
    """Draw an action (A,): uniform in [-1, 1], or one-hot."""
    if spec.action_kind == "continuous":
        return noise.uniform(-1.0, 1.0, spec.action_size).astype(np.float32)
    action = np.zeros(spec.action_size, np.float32)
    action[noise.integers(spec.action_size)] = 1.0
    return action


@dataclass(frozen=True, eq=False)
class TimeStep:
    """One agent step: an image, and the action that led to it.

    Attributes:
        image: uint8 (64, 64, 3), RGB.
        action: float32 (A,), the action that was executed (after clipping, or as one-hot); zeros at reset.
        reward: Sum over the repeated simulator steps; 0.0 at reset.
        discount: 0.0 at a terminal state; 1.0 otherwise, also if the episode was truncated or cut.
        is_first: This is the image after a reset.
        end: How the episode ended here; None while it continues.
        steps: Simulator steps that this agent step took; 0 at reset.
        state: float64 (n,), finite, n at most `MOST_STATE`: what the next step depends on, apart from what
            the episode's seed determines. None if the simulator cannot tell.
    """

    image: NDArray[np.uint8]
    action: NDArray[np.float32]
    reward: float
    discount: float
    is_first: bool
    end: End | None
    steps: int
    state: NDArray[np.float64] | None = None

    @property
    def is_last(self) -> bool:
        """Return whether the episode ends here."""
        return self.end is not None

    @property
    def is_terminal(self) -> bool:
        """Return whether the task reached a terminal state: no reward can follow."""
        return self.end == "terminated"
