"""The state of gymnasium's classic control, which it keeps in one attribute. In environment processes only.

Everything else in these environments follows from the next step (Pendulum's `last_u`, the arrow in its image) or from
the reset (CartPole's count of steps beyond its end). Their clock is a wrapper's. This package's own clock, which never
ends an episode later, is in its own part of the state.
"""

from typing import Any, Final

import gymnasium
import numpy as np
from gymnasium.envs import classic_control
from gymnasium.wrappers import OrderEnforcing, TimeLimit
from numpy.typing import NDArray

from dreamer_studio.envs.errors import EnvError
from dreamer_studio.envs.simulator import foreign_state

# The largest size of each number of a state. No step of these environments draws at random. No number comes near
# 10,000. Acrobot's bounds are its own, rounded up: it turns an angle back by one turn at a time, which could take hours
# for a huge angle.
_LARGEST: Final[dict[type, tuple[float, ...]]] = {
    classic_control.AcrobotEnv: (4.0, 4.0, 13.0, 29.0),
    classic_control.CartPoleEnv: (1e4,) * 4,
    classic_control.Continuous_MountainCarEnv: (1e4,) * 2,
    classic_control.MountainCarEnv: (1e4,) * 2,
    classic_control.PendulumEnv: (1e4,) * 2,
}
_NAMES: Final[dict[type, tuple[str, ...]]] = {
    classic_control.AcrobotEnv: ("first angle", "second angle", "first angular velocity", "second angular velocity"),
    classic_control.CartPoleEnv: ("cart position", "cart velocity", "pole angle", "pole angular velocity"),
    classic_control.Continuous_MountainCarEnv: ("position", "velocity"),
    classic_control.MountainCarEnv: ("position", "velocity"),
    classic_control.PendulumEnv: ("angle", "angular velocity"),
}
_ANGLES: Final[dict[type, tuple[int, ...]]] = {
    classic_control.AcrobotEnv: (1, 2),
    classic_control.PendulumEnv: (1,),
}
"""Angles that turn without a bound; the size in bytes stands before them."""

_HARMLESS: Final = (OrderEnforcing, TimeLimit)


def keeps_state(env: Any) -> bool:
    """Return whether gymnasium's own classic control makes this environment: no subclass, no other wrapper."""
    while isinstance(env, gymnasium.Wrapper):
        if type(env) not in _HARMLESS:
            return False
        env = env.env
    return type(env) in _LARGEST


def read_state(env: Any) -> NDArray[np.float64]:
    """Read the state, preceded by the size of each number in bytes, because steps round to that size."""
    state = np.asarray(env.unwrapped.state)
    return np.concatenate([[state.itemsize], state]).astype(np.float64)


def state_names(env: Any) -> tuple[str, ...]:
    """Return the names of the numbers of `read_state`; the size in bytes has none."""
    return "", *_NAMES[type(env.unwrapped)]


def state_angles(env: Any) -> tuple[int, ...]:
    """Return the indices of the angles without a bound among the numbers of `read_state`."""
    return _ANGLES.get(type(env.unwrapped), ())


def write_state(env: Any, state: NDArray[np.float64]) -> None:
    """Set a state that `read_state` returned.

    Raises:
        EnvError: If it is no state of this environment.
    """
    largest = _LARGEST[type(env.unwrapped)]
    if len(state) != 1 + len(largest):
        raise foreign_state(len(state), 1 + len(largest))
    precision = {4: np.float32, 8: np.float64}.get(state[0])
    if precision is None or (np.abs(state[1:]) > largest).any():
        raise EnvError("the state has numbers that no state of this environment has")
    env.unwrapped.state = state[1:].astype(precision)
