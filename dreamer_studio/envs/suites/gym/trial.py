"""Tries the first step of an environment, and refuses the environment if nothing can be learned from it."""

from __future__ import annotations

import logging
from textwrap import shorten
from typing import Any, Final, Protocol

import gymnasium
import numpy as np
from numpy.typing import NDArray

from dreamer_studio.envs.actions import Actions
from dreamer_studio.envs.errors import EnvError, EnvUnavailableError
from dreamer_studio.envs.frames import ImageError, describe
from dreamer_studio.envs.simulator import Simulator
from dreamer_studio.envs.suites.gym import maker, old_gym

NO_RENDER: Final = (NotImplementedError, gymnasium.error.UnsupportedMode)
"""What a missing `render` raises."""

_log = logging.getLogger(__name__)


class NoImageError(EnvUnavailableError):
    """The environment has no image in the expected place."""


class Tried(Simulator, Protocol):
    """A simulator that says what its frames are made of."""

    actions: Actions

    def source(self) -> Any:
        """Return the image as the environment has it."""


def try_out(task: str, simulator: Tried, env: Any) -> str:
    """Reset, take a step, and look at both frames.

    Returns:
        The image that the agent's frames are made of, in words.

    Raises:
        NoImageError: If there is no image.
        EnvUnavailableError: If it cannot be learned from for another reason, or something is not installed.
        Exception: Whatever else the environment raises.
    """
    action = first_action(simulator.actions)
    try:
        simulator.reset(0)
        image = simulator.source()
        simulator.image()
        simulator.step(action)
        simulator.image()
    except (ImageError, *NO_RENDER) as error:
        why = error if isinstance(error, ImageError) else "it does not render"
        raise NoImageError(f"{task} cannot be learned from images: {why}; {_shown(env)}") from error
    except EnvError as error:
        raise EnvUnavailableError(f"{task} cannot be learned: {error}") from error
    except ModuleNotFoundError as error:
        raise maker.not_installed(task, error) from error
    except Exception as error:
        found = old_gym.diagnosis(env, simulator.actions.native(action))
        if found:
            raise EnvUnavailableError(f"{task}: {found}") from error
        raise
    return describe(image)


def first_action(actions: Actions) -> NDArray[np.float32]:
    """Return an action to try, float32 (A,): the first of a choice, the middle of a range."""
    return actions.executed(np.zeros(len(actions.names), np.float32))


def close_quietly(env: Any) -> None:
    """Close a refused environment; a failing close must not hide the reason for the refusal."""
    try:
        env.close()
    except Exception:
        _log.exception("the environment could not be closed")


def _shown(env: Any) -> str:
    """Name the observation space, and the render modes if none of them gives an array."""
    modes = [mode for mode in (env.metadata or {}).get("render_modes") or () if mode != "human"]
    others = modes and "rgb_array" not in modes
    rendered = f"; it renders as {', '.join(modes)} (?{maker.MODE}=...)" if others else ""
    return f"its observation is {shorten(str(env.observation_space), 400, placeholder=' ...')}{rendered}"
