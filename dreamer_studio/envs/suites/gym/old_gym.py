"""Environments written for gym, the package before gymnasium. In environment processes only."""

from __future__ import annotations

import importlib
import importlib.util
import random
import sys
from collections.abc import Callable, Mapping
from typing import Any, Final

import numpy as np
from gymnasium.envs.registration import EnvSpec as Registration
from gymnasium.wrappers import TimeLimit

from dreamer_studio.envs.errors import EnvUnavailableError
from dreamer_studio.envs.suites.gym.signatures import parameters_of, takes

SHIMMY_LINE: Final = 'pip install "shimmy[gym-v26]"'

NEW_API: Final = (
    "derive it from gymnasium.Env, return (observation, info) from reset(self, *, seed=None, options=None) and "
    "(observation, reward, terminated, truncated, info) from step(self, action)"
)


def registration_of(env_id: str) -> Any:
    """Return what the old package has registered under an id, or None."""
    return _registry().get(env_id)


def registered() -> tuple[str, ...]:
    """Return the ids that the old package has registered; none if it was not imported."""
    return tuple(_registry())


def _registry() -> Mapping[str, Any]:
    registry = getattr(getattr(sys.modules.get("gym"), "envs", None), "registry", {})
    found: Mapping[str, Any] = getattr(registry, "env_specs", registry)
    return found


def as_new(old: Any) -> Registration:
    """Convert a registration of the old package for gymnasium."""
    creator = old.entry_point
    if isinstance(creator, str):
        module, _, name = creator.partition(":")
        creator = getattr(importlib.import_module(module), name)
    limit = old.max_episode_steps
    return Registration(id=old.id, entry_point=creator, max_episode_steps=limit, kwargs=old.kwargs or {})


def adapted(task: str, creator: Callable[..., Any], registration: Registration, arguments: Mapping[str, object]) -> Any:
    """Make an environment that is not a `gymnasium.Env`, and wrap it in shimmy's adapter.

    Args:
        task: What errors call it.
        creator: Makes it.
        registration: Has its time limit and further arguments.
        arguments: Arguments of its own.

    Raises:
        EnvUnavailableError: If shimmy is not installed or would not help; the message says what to do.
    """
    if "gym" not in sys.modules:
        raise EnvUnavailableError(f"{task} is not a gymnasium environment: {NEW_API}")
    if importlib.util.find_spec("shimmy") is None:
        raise EnvUnavailableError(f"{task} is written for the old gym package; {SHIMMY_LINE} adapts it. Or {NEW_API}")
    compatibility: Any = importlib.import_module("shimmy.openai_gym_compatibility")
    env = compatibility.GymV21CompatibilityV0(env=_Uniform(creator, {**registration.kwargs, **arguments}))
    limit = registration.max_episode_steps
    return TimeLimit(env, limit) if limit else env


class _Uniform:
    """Gives an old environment of any form the interface of gym 0.21, which shimmy adapts.

    If only the constructor takes a seed, a new environment is made for each seed, so that the seed determines the
    episode.

    Args:
        creator: Makes it.
        arguments: What it is made with.
    """

    def __init__(self, creator: Callable[..., Any], arguments: Mapping[str, object]) -> None:
        mode = {"render_mode": "rgb_array"} if "render_mode" in parameters_of(creator) else {}
        self._creator, self._arguments = creator, {**mode, **arguments}
        self._made_again = "seed" in parameters_of(creator)
        self._env = creator(**self._arguments)
        self._seed: dict[str, int] = {}

    def __getattr__(self, name: str) -> Any:
        return getattr(self._env, name)

    def seed(self, seed: int) -> None:
        """Seed the episode that the next reset begins."""
        if "seed" in parameters_of(self._env.reset):
            self._seed = {"seed": seed}
        elif "seed" in parameters_of(getattr(self._env, "seed", None)):
            self._env.seed(seed)
        elif self._made_again:
            self._env.close()
            self._env = self._creator(**{**self._arguments, "seed": seed})
        else:  # the best that can be done
            random.seed(seed)
            np.random.seed(seed)

    def reset(self) -> Any:
        """Begin an episode and return only the observation."""
        result = self._env.reset(**self._seed)
        both = isinstance(result, tuple) and len(result) == 2 and isinstance(result[1], Mapping)
        return result[0] if both else result

    def step(self, action: Any) -> tuple[Any, Any, bool, dict[str, Any]]:
        """Take a step and return observation, reward, done and info."""
        result = self._env.step(action)
        if len(result) == 5:
            observation, reward, terminated, truncated, info = result
            result = observation, reward, terminated or truncated, {**info, "TimeLimit.truncated": truncated}
        observation, reward, done, info = result
        return observation, reward, bool(done), info

    def render(self, mode: str | None = None) -> Any:
        """Draw an array."""
        return self._env.render(mode="rgb_array") if "mode" in parameters_of(self._env.render) else self._env.render()


def diagnosis(env: Any, action: Any) -> str:
    """Return which part of the old interface a failed environment has; empty if none."""
    own = env.unwrapped
    if not takes(own.reset, "seed", "options"):
        return f"its reset() does not take seed and options: {NEW_API}"
    try:
        began, result = own.reset(seed=0), own.step(action)
    except Exception:  # the same error, unrelated to the interface
        return ""
    if not (isinstance(began, tuple) and len(began) == 2 and isinstance(began[1], Mapping)):
        return f"its reset() does not return (observation, info): {NEW_API}"
    if not (isinstance(result, tuple) and len(result) == 5):
        found = f"{len(result)} values" if isinstance(result, tuple) else f"a {type(result).__name__}"
        return f"its step() returns {found}: {NEW_API}"
    return ""
