"""Tasks of gymnasium and of packages that register environments with it. In environment processes only."""

import contextlib
import sys
from collections.abc import Mapping
from dataclasses import replace
from textwrap import shorten
from typing import Any, Final

import gymnasium
import numpy as np
from gymnasium.envs.registration import EnvSpec as Registration
from numpy.typing import NDArray

from dreamer_studio.envs import gl
from dreamer_studio.envs.actions import Actions
from dreamer_studio.envs.errors import EnvError, EnvUnavailableError
from dreamer_studio.envs.frames import ImageError, describe, to_frame
from dreamer_studio.envs.simulator import LoadedTask, Tick, end_of
from dreamer_studio.envs.spec import FRAME_SIZE
from dreamer_studio.envs.suites import gym_make, gym_old
from dreamer_studio.envs.suites.gym_actions import UnsupportedSpaceError, actions_of
from dreamer_studio.envs.suites.gym_names import action_names
from dreamer_studio.envs.suites.gym_registry import find, missing_package
from dreamer_studio.envs.suites.gym_state import keeps_state, read_state, write_state
from dreamer_studio.envs.suites.gym_view import RENDER, View, choose_view
from dreamer_studio.envs.tasks import parse_gym_name

ACTION_REPEAT: Final = 1

_NO_RENDER: Final = (NotImplementedError, gymnasium.error.UnsupportedMode)


class GymSimulator:
    """One environment, seen through an image of its observation or through its `render`.

    Attributes:
        actions: What an agent can do in it.
    """

    def __init__(self, env: Any, actions: Actions, view: View) -> None:
        self._env = env
        self.actions = actions
        self._view = view
        self._observation: Any = None
        self._keeps_state = keeps_state(env)

    def reset(self, seed: int) -> None:
        """Starts an episode, all of whose chance comes from `seed`."""
        self._observation, _ = self._env.reset(seed=seed)

    def step(self, executed: NDArray[np.float32]) -> Tick:
        """Takes one step."""
        action = self.actions.native(executed)
        self._observation, reward, terminated, truncated, _ = self._env.step(action)
        return Tick(_number(reward), end_of(terminated=bool(terminated), truncated=bool(truncated)))

    def image(self) -> NDArray[np.uint8]:
        """Gives what the agent sees, uint8 (64, 64, 3)."""
        return self._frame(FRAME_SIZE, FRAME_SIZE)

    def render(self, width: int, height: int) -> NDArray[np.uint8]:
        """Draws what the environment renders, or else what the agent sees, as uint8 (height, width, 3)."""
        picture = None
        with contextlib.suppress(*_NO_RENDER):
            picture = self._env.render()
        return self._frame(width, height) if picture is None else to_frame(picture, width, height)

    def state(self) -> NDArray[np.float64] | None:
        """Gives the state of classic control; None for all others."""
        return read_state(self._env) if self._keeps_state else None

    def restore(self, state: NDArray[np.float64]) -> None:
        """Sets the state of classic control."""
        if not self._keeps_state:
            raise EnvError("the state of this environment cannot be set")
        write_state(self._env, state)

    def close(self) -> None:
        """Closes the environment."""
        self._env.close()

    def first_action(self) -> NDArray[np.float32]:
        """Gives an action to try, float32 (A,): the first of a choice, the middle of a range."""
        return self.actions.executed(np.zeros(len(self.actions.names), np.float32))

    def source(self) -> Any:
        """Gives the image that the agent's frames are made of, as the environment has it."""
        return self._env.render() if self._view is RENDER else self._view.image(self._observation)

    def _frame(self, width: int, height: int) -> NDArray[np.uint8]:
        return to_frame(self.source(), width, height, self._view.bounds)


def load(task: str, observe: str = "auto", *, render_small: bool = False) -> LoadedTask:
    """Makes an environment and tries a first step.

    Args:
        task: ``gym:[<module or file.py>:]<id>[?<name>=<value>&...]``, where importing the module registers the
            environment.
        observe: What the agent sees, as `choose_view` takes it.
        render_small: Whether to ask for frames of 64 x 64 where an environment offers that.

    Raises:
        UnknownTaskError: If nothing of that name is registered.
        EnvUnavailableError: If a package is missing, or its actions, images or rewards are of a kind not supported.
        GlError: If it renders with MuJoCo and the chosen backend cannot.
    """
    name = parse_gym_name(task)
    registration = find(task, name)
    missing = missing_package(registration)
    if missing:
        raise EnvUnavailableError(f"{task} {missing}")
    creator = gym_make.Creator.of(task, registration)
    uses_gl = "mujoco" in sys.modules
    if uses_gl:
        gl.check_backend()
    size = gym_make.size_offered(creator, registration, name.arguments) if render_small else ()
    if size:
        small = {**name.arguments, **dict.fromkeys(size, FRAME_SIZE)}
        simulator, loaded = _load(task, registration, creator, small, observe)
        if np.shape(simulator.source())[:2] == (FRAME_SIZE, FRAME_SIZE):
            return replace(loaded, uses_gl=uses_gl)
        simulator.close()  # the width and height of something else, of a maze say
    _, loaded = _load(task, registration, creator, name.arguments, observe)
    return replace(loaded, uses_gl=uses_gl)


def _load(
    task: str, registration: Registration, creator: gym_make.Creator, arguments: Mapping[str, object], observe: str
) -> tuple[GymSimulator, LoadedTask]:
    env = gym_make.make(task, registration, creator, arguments)
    try:
        view = choose_view(task, env.observation_space, observe)
        actions, acts = _actions(task, env, registration)
        simulator = GymSimulator(env, actions, view)
        sees = f"{view}, {_look(task, simulator, env)}"
    except BaseException:
        env.close()
        raise
    limit = arguments.get("max_episode_steps", registration.max_episode_steps)
    own = limit if isinstance(limit, int) and limit > 0 else None
    return simulator, LoadedTask(simulator, actions, ACTION_REPEAT, own, sees=sees, acts=acts)


def _look(task: str, simulator: GymSimulator, env: Any) -> str:
    """Tries a first step, and refuses what cannot be learned from before anything is built on it.

    Returns:
        The image that the agent's frames are made of, in words.
    """
    action = simulator.first_action()
    try:
        with gym_make.says_what_is_missing(task):
            simulator.reset(0)
            image = simulator.source()
            simulator.image()
            simulator.step(action)
            simulator.image()
    except (ImageError, *_NO_RENDER) as error:
        why = error if isinstance(error, ImageError) else "it does not render"
        raise EnvUnavailableError(f"{task} cannot be learned from images: {why}; {_looks(env)}") from error
    except EnvUnavailableError:
        raise
    except EnvError as error:
        raise EnvUnavailableError(f"{task} cannot be learned: {error}") from error
    except Exception as error:
        found = gym_old.diagnosis(env, simulator.actions.native(action))
        if found:
            raise EnvUnavailableError(f"{task}: {found}") from error
        raise
    return describe(image)


def _looks(env: Any) -> str:
    """Says in words what there is to be seen of an environment that shows no image."""
    modes = [mode for mode in (env.metadata or {}).get("render_modes") or () if mode != "human"]
    others = modes and "rgb_array" not in modes
    rendered = f"; it renders as {', '.join(modes)} (?{gym_make.MODE}=...)" if others else ""
    return f"its observation is {shorten(str(env.observation_space), 400, placeholder=' ...')}{rendered}"


def _number(reward: Any) -> float:
    """Reads a reward.

    Raises:
        EnvError: If it is not one number.
    """
    plain = reward.detach().cpu() if hasattr(reward, "detach") else reward
    number = np.asarray(plain) if np.ndim(plain) == 0 or np.size(plain) == 1 else None
    if number is None or number.dtype.kind not in "buif":
        raise EnvError(f"the reward is {reward!r:.80}, and a reward is one number")
    return float(number.reshape(()))


def _actions(task: str, env: Any, registration: Registration) -> tuple[Actions, str]:
    try:
        return actions_of(env.action_space, lambda size: action_names(env, registration.name, size))
    except UnsupportedSpaceError as error:
        raise EnvUnavailableError(f"{task} has actions that no vector of numbers can stand for: {error}") from error
