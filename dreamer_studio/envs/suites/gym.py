"""Tasks of gymnasium and of packages that register environments with it. In environment processes only."""

import importlib
import math
from typing import Any, Final

import gymnasium
import numpy as np
from gymnasium import spaces
from gymnasium.envs.registration import EnvSpec as Registration
from numpy.typing import NDArray

from dreamer_studio.envs import gl
from dreamer_studio.envs.actions import Actions, BoxActions, DiscreteActions
from dreamer_studio.envs.errors import EnvError, EnvUnavailableError
from dreamer_studio.envs.frames import is_image_shape, to_frame
from dreamer_studio.envs.simulator import LoadedTask, Tick, end_of
from dreamer_studio.envs.spec import FRAME_SIZE
from dreamer_studio.envs.suites.gym_names import action_names
from dreamer_studio.envs.suites.gym_registry import find, missing_package
from dreamer_studio.envs.suites.gym_state import keeps_state, read_state, write_state
from dreamer_studio.envs.tasks import GYM_PREFIX

ACTION_REPEAT: Final = 1


class GymSimulator:
    """One environment, seen through its observation if that is an image, else through its `render`."""

    def __init__(self, env: Any, actions: Actions) -> None:
        self._env = env
        self._actions = actions
        self._dtype = env.action_space.dtype
        self._observes_images = _is_image_space(env.observation_space)
        self._observation: object = None
        self._keeps_state = keeps_state(env)

    def reset(self, seed: int) -> None:
        """Starts an episode, all of whose chance comes from `seed`."""
        self._observation, _ = self._env.reset(seed=seed)

    def step(self, executed: NDArray[np.float32]) -> Tick:
        """Takes one step."""
        native = np.asarray(self._actions.native(executed), self._dtype)
        action = native[()] if native.ndim == 0 else native
        self._observation, reward, terminated, truncated, _ = self._env.step(action)
        return Tick(float(reward), end_of(terminated=bool(terminated), truncated=bool(truncated)))

    def image(self) -> NDArray[np.uint8]:
        """Gives what the agent sees, uint8 (64, 64, 3)."""
        source = self._observation if self._observes_images else self._env.render()
        return to_frame(source, FRAME_SIZE, FRAME_SIZE)

    def render(self, width: int, height: int) -> NDArray[np.uint8]:
        """Draws the environment's own picture, resized to uint8 (height, width, 3)."""
        picture = self._env.render()
        return to_frame(self._observation if picture is None else picture, width, height)

    def state(self) -> NDArray[np.float64] | None:
        """Gives the state of classic control; None for all others."""
        return read_state(self._env) if self._keeps_state else None

    def restore(self, state: NDArray[np.float64]) -> None:
        """Sets the state of classic control."""
        if not self._keeps_state:
            raise EnvError("the state of this environment cannot be set")
        write_state(self._env, state)


def load(task: str) -> LoadedTask:
    """Makes an environment and looks at a first frame.

    Args:
        task: ``gym:<id>`` or ``gym:<module>:<id>``, where importing the module registers the environment.

    Raises:
        UnknownTaskError: If nothing of that name is registered.
        EnvUnavailableError: If a package is missing, or its actions or images are of a kind not supported.
        GlError: If it renders with MuJoCo and the chosen backend cannot.
    """
    module, _, env_id = task.removeprefix(GYM_PREFIX).rpartition(":")
    if module:
        _import_registering(task, module)
    registration = find(task, env_id)
    uses_gl = "mujoco" in str(registration.entry_point)
    missing = missing_package(registration)
    if missing:
        raise EnvUnavailableError(f"{task} {missing}")
    if uses_gl:
        gl.check_backend()
    env = _make(task, registration)
    try:
        actions = _actions(task, env, registration)
        simulator = GymSimulator(env, actions)
        _look(task, simulator)
    except BaseException:
        env.close()
        raise
    return LoadedTask(simulator, actions, ACTION_REPEAT, registration.max_episode_steps, uses_gl)


def _import_registering(task: str, module: str) -> None:
    try:
        importlib.import_module(module)
    except ModuleNotFoundError as error:
        if error.name and f"{module}.".startswith(f"{error.name}."):
            raise EnvUnavailableError(f'{task}: there is no module "{module}" to import') from error
        raise


def _make(task: str, registration: Registration) -> Any:
    try:
        # The checker would warn of habits that this package copes with, or refuses itself.
        return gymnasium.make(registration, render_mode="rgb_array", disable_env_checker=True)
    except (gymnasium.error.DependencyNotInstalled, ImportError) as error:
        raise EnvUnavailableError(f"{task} needs something that is not installed: {error}") from error


def _look(task: str, simulator: GymSimulator) -> None:
    """Refuses an environment that shows no images, before anything is built on it."""
    simulator.reset(0)
    try:
        simulator.image()
    except EnvError as error:
        raise EnvUnavailableError(f"{task} cannot be learned from images: {error}") from error


def _is_image_space(space: object) -> bool:
    return isinstance(space, spaces.Box) and space.dtype == np.uint8 and is_image_shape(space.shape)


def _actions(task: str, env: Any, registration: Registration) -> Actions:
    space = env.action_space
    name = registration.name
    if isinstance(space, spaces.Discrete):
        return DiscreteActions(action_names(env, name, int(space.n)), int(space.start))
    if isinstance(space, spaces.Box) and len(space.shape) == 1 and np.issubdtype(space.dtype, np.floating):
        return BoxActions(
            low=space.low.astype(np.float64),
            high=space.high.astype(np.float64),
            names=action_names(env, name, math.prod(space.shape)),
        )
    raise EnvUnavailableError(
        f"{task} has actions of a kind that is not supported: {space} (supported: Discrete, flat Box of floats)"
    )
