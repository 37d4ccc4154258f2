"""The tasks of the lesson: push a disc onto a target."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from dreamer_studio.arrays import FRAME_SIZE
from dreamer_studio.envs.actions import BoxActions, DiscreteActions
from dreamer_studio.envs.errors import EnvError
from dreamer_studio.envs.simulator import BaseSimulator, LoadedTask, Tick, count_in_state, foreign_state
from dreamer_studio.envs.suites.lesson.drawing import draw
from dreamer_studio.envs.suites.lesson.world import FASTEST, HIGHEST, LOWEST, World, new_world, pushed
from dreamer_studio.envs.suites.suggestions import unknown_task
from dreamer_studio.envs.suites.suite import TaskInfo

STEPS: Final = 100
"""Steps of an episode."""

CONTINUOUS: Final = "lesson:disc"
DISCRETE: Final = "lesson:disc-discrete"
TASKS: Final = (
    TaskInfo(CONTINUOUS, "Lesson, push a disc onto a target"),
    TaskInfo(DISCRETE, "Lesson, push a disc onto a target, by one of five choices"),
)

_PUSHES: Final = {
    "no push": (0.0, 0.0),
    "push left": (-1.0, 0.0),
    "push right": (1.0, 0.0),
    "push down": (0.0, -1.0),
    "push up": (0.0, 1.0),
}
_STATE_NAMES: Final = ("", "disc x", "disc y", "disc x velocity", "disc y velocity")


class DiscSimulator(BaseSimulator):
    """A disc to push onto a target, for `STEPS` steps. The nearer the disc, the larger the reward, at most 1 a step."""

    def __init__(self, actions: BoxActions | DiscreteActions) -> None:
        self._actions = actions
        self._world: World = new_world(0)
        self._taken = 0

    def reset(self, seed: int) -> None:
        """Start an episode; places of disc and target come from `seed`."""
        self._world = new_world(seed)
        self._taken = 0

    def step(self, executed: NDArray[np.float32]) -> Tick:
        """Push the disc for a step; the last step of an episode is not terminal."""
        self._world = pushed(self._world, np.asarray(self._actions.native(executed)))
        self._taken += 1
        return Tick(self._world.reward, "truncated" if self._taken >= STEPS else None)

    def image(self) -> NDArray[np.uint8]:
        """Draw disc and target, uint8 (64, 64, 3)."""
        return draw(self._world, FRAME_SIZE, FRAME_SIZE)

    def render(self, width: int, height: int) -> NDArray[np.uint8]:
        """Draw disc and target, uint8 (height, width, 3)."""
        return draw(self._world, width, height)

    def state(self) -> NDArray[np.float64]:
        """Return the steps taken, place and speed of the disc; the seed determines the target."""
        return np.concatenate([[self._taken], self._world.place, self._world.speed])

    def restore(self, state: NDArray[np.float64]) -> None:
        """Set the steps taken, place and speed of the disc."""
        if len(state) != len(_STATE_NAMES):
            raise foreign_state(len(state), len(_STATE_NAMES))
        place, speed = state[1:3].copy(), state[3:].copy()
        if (place < LOWEST).any() or (place > HIGHEST).any() or (np.abs(speed) > FASTEST).any():
            raise EnvError("the state has a place or a speed that the disc cannot have")
        self._taken = count_in_state(state[0], STEPS)
        self._world = World(place, speed, self._world.target)


def load(task: str) -> LoadedTask:
    """Load a task.

    Raises:
        UnknownTaskError: If the suite has no such task.
    """
    if task not in (CONTINUOUS, DISCRETE):
        raise unknown_task(task, (CONTINUOUS, DISCRETE))
    if task == CONTINUOUS:
        actions: BoxActions | DiscreteActions = BoxActions.unit("push right", "push up")
        space = "2 numbers from -1 to 1"
    else:
        actions = DiscreteActions(tuple(_PUSHES), [np.array(push) for push in _PUSHES.values()])
        space = f"one of {len(_PUSHES)}"
    return LoadedTask(
        DiscSimulator(actions), actions, own_time_limit=STEPS, action_space=space, state_names=_STATE_NAMES
    )
