"""Agent steps: combines a simulator's images and ticks into time steps."""

import numpy as np
from numpy.typing import NDArray

from dreamer_studio.arrays import FRAME_SHAPE
from dreamer_studio.envs.actions import Actions
from dreamer_studio.envs.errors import EnvError
from dreamer_studio.envs.frames import describe
from dreamer_studio.envs.simulator import Simulator
from dreamer_studio.envs.spec import MOST_STATE, TimeStep


class Episode:
    """Runs one episode after another on a simulator and records the actions that were executed.

    Args:
        simulator: Runs the episodes.
        actions: The actions of the task.
        action_space: The task's own action space in words.
    """

    def __init__(self, simulator: Simulator, actions: Actions, action_space: str = "") -> None:
        self._simulator = simulator
        self._actions = actions
        self._action_space = action_space
        self._running = False

    def reset(self, seed: int) -> TimeStep:
        """Start an episode that depends on `seed` alone."""
        self._running = False
        self._simulator.reset(seed)
        image = self._image()
        self._running = True
        return self._first(image)

    def replay(self, seed: int, actions: NDArray[np.float32]) -> TimeStep:
        """Start an episode and take all these actions (n, A); only the last frame is drawn.

        Raises:
            EnvError: If the episode ends before the last action; and as `step`.
        """
        if len(actions) == 0:
            return self.reset(seed)
        self._running = False
        self._simulator.reset(seed)
        for number, action in enumerate(actions[:-1]):
            if self._simulator.step(self._actions.executed(action)).end is not None:
                raise EnvError(f"the episode ended after {number + 1} of {len(actions)} actions")
        self._running = True
        return self.step(actions[-1])

    def step_from(self, seed: int, state: NDArray[np.float64], action: NDArray[np.float32]) -> TimeStep:
        """Take one agent step from a recorded state of an episode with this seed.

        A reset comes first and repeats the seed's random choices for the model. The step then updates the image and
        everything else that follows from the state, and shows whether the episode ends there.

        Raises:
            EnvError: If `state`, (n,), is no state of this task; and as `step`.
        """
        self._running = False
        if state.ndim != 1 or not np.isfinite(state).all():
            raise EnvError("the state has numbers that are not finite, or is not a vector")
        self._simulator.reset(seed)
        self._simulator.restore(state)
        self._running = True
        return self.step(action)

    def _image(self) -> NDArray[np.uint8]:
        """Return the agent's image.

        Raises:
            EnvError: If the suite returns something else.
        """
        image = self._simulator.image()
        if not isinstance(image, np.ndarray) or image.shape != FRAME_SHAPE or image.dtype != np.uint8:
            raise EnvError(f"the suite's image is {describe(image)}, and the agent sees uint8 {FRAME_SHAPE}")
        return image

    def _state(self) -> NDArray[np.float64] | None:
        state = self._simulator.state()
        fits = state is not None and state.size <= MOST_STATE and np.isfinite(state).all()
        return state if fits else None

    def _first(self, image: NDArray[np.uint8]) -> TimeStep:
        return TimeStep(
            image=image,
            action=np.zeros(len(self._actions.names), np.float32),
            reward=0.0,
            discount=1.0,
            is_first=True,
            end=None,
            steps=0,
            state=self._state(),
        )

    def step(self, action: NDArray[np.float32]) -> TimeStep:
        """Take one agent step.

        Args:
            action: (A,); clipped or made one-hot before it is executed.

        Raises:
            EnvError: If the action is malformed, if no episode is running, or if the reward or image is.
        """
        if not self._running:
            raise EnvError("no episode is running: it has ended, failed or not begun; reset first")
        executed = self._actions.executed(action)
        self._running = False  # a step that raises leaves the simulator in an unknown state
        tick = self._simulator.step(executed)
        image = self._image()
        self._running = tick.end is None
        return TimeStep(
            image=image,
            action=executed,
            reward=tick.reward,
            discount=0.0 if tick.end == "terminated" else 1.0,
            is_first=False,
            end=tick.end,
            steps=tick.steps,
            state=self._state(),
        )

    def action_space(self) -> str:
        """Return the task's own action space in words; empty if its suite does not say."""
        return self._action_space

    def render(self, width: int, height: int) -> NDArray[np.uint8]:
        """Draw the current state, uint8 (height, width, 3)."""
        return self._simulator.render(width, height)
