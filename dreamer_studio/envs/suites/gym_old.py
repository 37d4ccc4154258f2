"""Environments written for gym, the package before gymnasium. In environment processes only."""

import importlib
import importlib.util
import inspect
import random
import sys
from collections.abc import Mapping
from typing import Any, Final

import numpy as np
from gymnasium.envs.registration import EnvSpec as Registration
from gymnasium.wrappers import TimeLimit

from dreamer_studio.envs.errors import EnvUnavailableError

SHIMMY_LINE: Final = 'pip install "shimmy[gym-v26]"'

NEW_API: Final = (
    "derive it from gymnasium.Env, return (observation, info) from reset(self, *, seed=None, options=None) and "
    "(observation, reward, terminated, truncated, info) from step(self, action)"
)


def registration_of(env_id: str) -> Any:
    """Gives what the old package has registered under an id, or None."""
    return _registry().get(env_id)


def any_registered() -> bool:
    """Says whether the old package is here and has environments."""
    return bool(_registry())


def _registry() -> Mapping[str, Any]:
    registry = getattr(getattr(sys.modules.get("gym"), "envs", None), "registry", {})
    found: Mapping[str, Any] = getattr(registry, "env_specs", registry)
    return found


def as_new(old: Any) -> Registration:
    """Writes down for gymnasium what the old package has registered."""
    creator = old.entry_point
    if isinstance(creator, str):
        module, _, name = creator.partition(":")
        creator = getattr(importlib.import_module(module), name)
    limit = old.max_episode_steps
    return Registration(id=old.id, entry_point=creator, max_episode_steps=limit, kwargs=old.kwargs or {})


def is_old(creator: Any) -> bool:
    """Says whether a class derives from the old package's environment."""
    return any(base.__module__.partition(".")[0] == "gym" for base in getattr(creator, "__mro__", ()))


def adapted(task: str, creator: Any, registration: Registration, arguments: Mapping[str, object]) -> Any:
    """Makes an old environment and puts shimmy's adapter around it.

    Args:
        task: What errors call it.
        creator: Makes it.
        registration: Says its time limit and further arguments.
        arguments: Arguments of its own.

    Raises:
        EnvUnavailableError: If shimmy is not installed; the message has the line that installs it.
    """
    if importlib.util.find_spec("shimmy") is None:
        raise EnvUnavailableError(f"{task} is written for the old gym package; {SHIMMY_LINE} adapts it. Or {NEW_API}")
    compatibility: Any = importlib.import_module("shimmy.openai_gym_compatibility")
    has_mode = "render_mode" in _parameters(creator)
    mode = {"render_mode": "rgb_array"} if has_mode else {}
    old = creator(**{**registration.kwargs, **mode, **arguments})
    if "seed" in _parameters(old.reset):
        env = compatibility.GymV26CompatibilityV0(env=old)
    else:
        if "seed" not in _parameters(getattr(old, "seed", None)):
            old.seed = _seed_everybody  # its own is missing or takes no seed
        env = compatibility.GymV21CompatibilityV0(env=old, render_mode="rgb_array")
    limit = registration.max_episode_steps
    return TimeLimit(env, limit) if limit else env


def diagnosis(env: Any, action: Any) -> str:
    """Says which part of the old interface an environment has that has just failed; empty if none."""
    own = env.unwrapped
    accepted = _parameters(own.reset)
    if not {"seed", "options"} <= accepted and "kwargs" not in accepted:
        return f"its reset() does not take seed and options: {NEW_API}"
    try:
        began, result = own.reset(seed=0), own.step(action)
    except Exception:  # as before, and for no reason of the interface
        return ""
    if not (isinstance(began, tuple) and len(began) == 2 and isinstance(began[1], Mapping)):
        return f"its reset() does not return (observation, info): {NEW_API}"
    if not (isinstance(result, tuple) and len(result) == 5):
        found = f"{len(result)} values" if isinstance(result, tuple) else f"a {type(result).__name__}"
        return f"its step() returns {found}: {NEW_API}"
    return ""


def _parameters(function: Any) -> set[str]:
    return set(inspect.signature(function).parameters) if callable(function) else set()


def _seed_everybody(seed: int) -> None:
    """Seeds the streams that are shared: all that can be done for an environment that takes no seed."""
    random.seed(seed)
    np.random.seed(seed)
