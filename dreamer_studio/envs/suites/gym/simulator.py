"""Tasks of gymnasium and of packages that register environments with it. In environment processes only."""

import contextlib
import sys
from collections.abc import Mapping
from dataclasses import replace
from textwrap import shorten
from typing import Any

import gymnasium
import numpy as np
from gymnasium.envs.registration import EnvSpec as Registration
from gymnasium.wrappers import TimeLimit
from numpy.typing import NDArray

from dreamer_studio.arrays import FRAME_SIZE
from dreamer_studio.envs import gl
from dreamer_studio.envs.actions import Actions
from dreamer_studio.envs.errors import EnvError, EnvUnavailableError
from dreamer_studio.envs.frames import ImageError, has_alpha, to_frame
from dreamer_studio.envs.simulator import LoadedTask, Tick, end_of
from dreamer_studio.envs.spec import MOST_WORDS
from dreamer_studio.envs.suites.gym import maker
from dreamer_studio.envs.suites.gym.action_names import action_names
from dreamer_studio.envs.suites.gym.actions import UnsupportedSpaceError, actions_of
from dreamer_studio.envs.suites.gym.names import parse_gym_name
from dreamer_studio.envs.suites.gym.registry import find, missing_package
from dreamer_studio.envs.suites.gym.state import keeps_state, read_state, state_angles, state_names, write_state
from dreamer_studio.envs.suites.gym.trial import NO_RENDER, NoImageError, close_quietly, try_out
from dreamer_studio.envs.suites.gym.view import RENDER, View, views


class GymSimulator:
    """One environment, seen through an image of its observation or through its `render`.

    Attributes:
        actions: What an agent can do in it.
    """

    def __init__(self, env: Any, actions: Actions, view: View) -> None:
        self.actions = actions
        self._env = env
        self._view = view
        self._observation: Any = None
        self._rendered: Any = None
        self._rgba: bool | None = None
        self._keeps_state = keeps_state(env)

    def reset(self, seed: int) -> None:
        """Start an episode; all its randomness comes from `seed`."""
        self._observation, _ = self._env.reset(seed=seed)
        self._rendered = None

    def step(self, executed: NDArray[np.float32]) -> Tick:
        """Take one step."""
        action = self.actions.native(executed)
        self._observation, reward, terminated, truncated, _ = self._env.step(action)
        self._rendered = None
        return Tick(_number(reward), end_of(terminated=bool(terminated), truncated=bool(truncated)))

    def image(self) -> NDArray[np.uint8]:
        """Return the agent's image, uint8 (64, 64, 3)."""
        return self._frame(FRAME_SIZE, FRAME_SIZE)

    def render(self, width: int, height: int) -> NDArray[np.uint8]:
        """Draw what the environment renders, else what the agent sees, as uint8 (height, width, 3)."""
        with contextlib.suppress(ImageError, *NO_RENDER):
            return to_frame(self._render(), width, height, rgba=True)
        return self._frame(width, height)

    def state(self) -> NDArray[np.float64] | None:
        """Return the state of a classic control environment; None for all others."""
        return read_state(self._env) if self._keeps_state else None

    def restore(self, state: NDArray[np.float64]) -> None:
        """Set the state of a classic control environment."""
        if not self._keeps_state:
            raise EnvError("this environment cannot restore a state")
        write_state(self._env, state)
        self._rendered = None

    def close(self) -> None:
        """Close the environment."""
        self._env.close()

    def source(self) -> Any:
        """Return the image that the agent's frames are made of, as the environment has it."""
        return self._render() if self._view is RENDER else self._view.image(self._observation)

    def _render(self) -> Any:
        """Render once a step: in some environments a second call gives nothing."""
        if self._rendered is None:
            self._rendered = self._env.render()
        return self._rendered

    def _frame(self, width: int, height: int) -> NDArray[np.uint8]:
        image = self.source()
        if self._rgba is None:  # four channels mean the same in every frame
            self._rgba = self._view is RENDER or has_alpha(image)
        return to_frame(image, width, height, self._view.bounds, rgba=self._rgba)


def load(task: str, observe: str = "auto", *, render_small: bool = False) -> LoadedTask:
    """Make an environment and try a first step.

    Args:
        task: ``gym:[<module or file.py>:]<id>[?<name>=<value>&...]``, where importing the module registers the
            environment.
        observe: What the agent sees, as `views` takes it.
        render_small: Whether to ask for frames of 64 x 64 if the environment offers them.

    Raises:
        UnknownTaskError: If nothing of that name is registered.
        EnvUnavailableError: If a package is missing, or its actions, images or rewards are not supported.
        GlError: If it renders with MuJoCo and the chosen backend cannot.
    """
    name = parse_gym_name(task)
    registration = find(task, name)
    missing = missing_package(registration)
    if missing:
        raise EnvUnavailableError(f"{task} {missing}")
    creator = maker.Creator.of(task, registration)
    uses_gl = "mujoco" in sys.modules
    if uses_gl:
        gl.check_backend()
    size = maker.size_offered(creator, registration, name.arguments, draws_worlds=uses_gl) if render_small else ()
    if size:
        # An error at a size other than its own says nothing about the environment.
        with contextlib.suppress(Exception):
            small = {**name.arguments, **dict.fromkeys(size, FRAME_SIZE)}
            return replace(_load(task, registration, creator, small, observe), uses_gl=uses_gl)
    return replace(_load(task, registration, creator, name.arguments, observe), uses_gl=uses_gl)


def _load(
    task: str, registration: Registration, creator: maker.Creator, arguments: Mapping[str, object], observe: str
) -> LoadedTask:
    env = maker.make(task, registration, creator, arguments)
    try:
        actions, acts = _actions(task, env, registration)
        *others, last = views(task, env.observation_space, observe)
        for view in others:
            with contextlib.suppress(NoImageError):
                return _tried(task, env, actions, acts, view)
        return _tried(task, env, actions, acts, last)
    except BaseException:
        close_quietly(env)
        raise


def _tried(task: str, env: Any, actions: Actions, acts: str, view: View) -> LoadedTask:
    simulator = GymSimulator(env, actions, view)
    sees = f"{view}, {try_out(task, simulator, env)}"
    space = shorten(str(env.action_space), MOST_WORDS, placeholder=" ...")
    named = keeps_state(env)
    return LoadedTask(
        simulator,
        actions,
        _time_limit(env),
        sees=sees,
        acts=acts,
        action_space=space,
        state_names=state_names(env) if named else (),
        state_angles=state_angles(env) if named else (),
    )


def _time_limit(env: Any) -> int | None:
    """Return the least number of steps after which gymnasium's own wrappers stop an episode."""
    limits = []
    while isinstance(env, gymnasium.Wrapper):
        if isinstance(env, TimeLimit):
            limits.append(int(env._max_episode_steps))
        env = env.env
    return min(limits, default=None)


def _number(reward: Any) -> float:
    """Read a reward.

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
