"""Names the actions of gymnasium's best-known environments, whose spaces do not."""

import contextlib
import enum
import inspect
from typing import Any, Final

_BY_NAME: Final[dict[str, tuple[str, ...]]] = {
    "Acrobot": ("torque -1", "no torque", "torque +1"),
    "BipedalWalker": ("hip 1", "knee 1", "hip 2", "knee 2"),
    "BipedalWalkerHardcore": ("hip 1", "knee 1", "hip 2", "knee 2"),
    "Blackjack": ("stick", "hit"),
    "CarRacing": ("steer", "gas", "brake"),
    "CartPole": ("push left", "push right"),
    "CliffWalking": ("up", "right", "down", "left"),
    "CliffWalkingSlippery": ("up", "right", "down", "left"),
    "FrozenLake": ("left", "down", "right", "up"),
    "FrozenLake8x8": ("left", "down", "right", "up"),
    "LunarLander": ("nothing", "left engine", "main engine", "right engine"),
    "LunarLanderContinuous": ("main engine", "side engines"),
    "MountainCar": ("push left", "no push", "push right"),
    "MountainCarContinuous": ("push",),
    "Pendulum": ("torque",),
    "Taxi": ("south", "north", "east", "west", "pick up", "drop off"),
}


def action_names(env: Any, name: str, size: int) -> tuple[str, ...]:
    """Name the entries of an action vector: as the environment does, else as known for `name`.

    Args:
        env: A gymnasium environment.
        name: Its name without namespace and version, e.g. ``CartPole``.
        size: The number of names.
    """
    own: tuple[str, ...] = ()
    with contextlib.suppress(Exception):  # a fault in the names must not stop the start
        own = _own_names(env.unwrapped)
    for names in (own, _BY_NAME.get(name, ())):
        if len(names) == size:
            return names
    return tuple(f"action {index}" for index in range(size))


def _own_names(env: Any) -> tuple[str, ...]:
    if hasattr(env, "get_action_meanings"):  # the Atari environments
        return tuple(str(meaning).lower() for meaning in env.get_action_meanings())
    actions: Any = getattr(env, "actions", None)
    if inspect.isclass(actions) and issubclass(actions, enum.Enum):  # MiniGrid's and MiniWorld's
        return tuple(str(action.name).replace("_", " ") for action in actions)
    names: Any = getattr(env, "action_names", ())
    if isinstance(names, list | tuple) and all(isinstance(name, str) for name in names) and names:  # Crafter's
        return tuple(name.replace("_", " ") for name in names)
    model: Any = getattr(env, "model", None)
    if hasattr(model, "actuator") and hasattr(model, "nu"):  # the MuJoCo environments
        return tuple(model.actuator(i).name or f"action {i}" for i in range(model.nu))
    return ()
