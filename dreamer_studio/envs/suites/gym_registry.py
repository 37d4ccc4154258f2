"""What gymnasium has registered: what exists, what was probably meant, what needs another package."""

import contextlib
import importlib
import importlib.util
import inspect
from collections.abc import Collection, Iterator, Mapping
from typing import Final

import gymnasium
from gymnasium.envs.registration import EnvSpec as Registration

from dreamer_studio.envs.errors import EnvUnavailableError, UnknownTaskError
from dreamer_studio.envs.suites import gym_old, gym_packages
from dreamer_studio.envs.suites.gym_packages import ATARI
from dreamer_studio.envs.tasks import GYM_PREFIX, GymName, TaskInfo, unknown_task

# Part of an entry point's name -> what it is, the module it needs, and our extra that brings that.
_FAMILIES: Final[dict[str, tuple[str, str, str]]] = {
    "classic_control": ("gymnasium classic control", "pygame", ""),
    "toy_text": ("gymnasium toy text", "pygame", ""),
    "box2d": ("gymnasium Box2D", "Box2D", "box2d"),
    "envs.mujoco": ("gymnasium MuJoCo", "mujoco", "mujoco"),
    "ale_py": ("Atari", "ale_py", "atari"),
    "phys2d": ("gymnasium in JAX", "jax", ""),
    "tabular": ("gymnasium in JAX", "jax", ""),
}


def find(task: str, name: GymName) -> Registration:
    """Finds a registered environment, importing its module first; its version must be named, because versions differ.

    Raises:
        UnknownTaskError: If there is none, with the nearest names.
        EnvUnavailableError: If its module or package is missing.
    """
    others = set(gymnasium.registry)
    if name.module:
        gym_packages.import_module(task, name)
    with contextlib.suppress(gymnasium.error.Error):
        return gymnasium.spec(name.env_id)
    if _register_atari():
        with contextlib.suppress(gymnasium.error.Error):
            return gymnasium.spec(name.env_id)
    old = gym_old.registration_of(name.env_id)
    if old is not None:
        return gym_old.as_new(old)
    raise _not_found(task, name, gymnasium.registry.keys() - others)


def _not_found(task: str, name: GymName, new: Collection[str]) -> EnvUnavailableError | UnknownTaskError:
    """Builds the error for an id that nobody has registered; `new` are the ids that its module has registered."""
    package = gym_packages.of_id(name.env_id)
    valid = [info.task for info in tasks(dict.fromkeys(new, name.module))]
    valid += [name.named(each) for each in gym_old.registered()]
    if package is not None and not gym_packages.is_installed(package.module):
        return EnvUnavailableError(
            f"{task} needs {package.module}: {package.install}; then ask for {package.task(name)}"
        )
    if package is not None and package.module != name.module:
        valid.append(package.task(name))
    elif name.module and not new and not gym_old.registered():
        return EnvUnavailableError(
            f"{task}: {name.module} registers no environment with gymnasium. If it is written for the old gym package: "
            f"{gym_old.SHIMMY_LINE}"
        )
    return unknown_task(task, valid)


def missing_package(registration: Registration) -> str:
    """Says what an environment needs that is not installed and the line that mends it; empty if nothing is."""
    _, module, extra = _family(registration)
    return "" if not module or importlib.util.find_spec(module) else _missing(module, extra)


def tasks(modules: Mapping[str, str] | None = None) -> list[TaskInfo]:
    """Lists the newest version of every environment that can run, or could with one of our extras.

    Args:
        modules: Ids whose tasks name a module, each with that module, beside those of known packages.
    """
    _register_atari()
    modules = {**gym_packages.register_installed(), **(modules or {})}
    infos = []
    for registration in _newest():
        origin, _, extra = _family(registration)
        missing = missing_package(registration)
        module = modules.get(registration.id)
        if not missing or extra:
            note = f"{module or origin}; {missing}" if missing else module or origin
            infos.append(TaskInfo(GYM_PREFIX + (f"{module}:" if module else "") + registration.id, note))
    return infos


def _newest() -> Iterator[Registration]:
    newest: dict[tuple[str | None, str], Registration] = {}
    for registration in gymnasium.registry.values():
        if registration.entry_point is None or _has_moved(registration):
            continue
        known = newest.setdefault((registration.namespace, registration.name), registration)
        if (registration.version or 0) > (known.version or 0):
            newest[registration.namespace, registration.name] = registration
    yield from sorted(newest.values(), key=lambda registration: registration.id)


def _has_moved(registration: Registration) -> bool:
    """Says whether it is gymnasium's placeholder for an environment that is elsewhere now: it only raises."""
    entry = registration.entry_point
    return inspect.isfunction(entry) and entry.__module__.partition(".")[0] == "gymnasium"


def _family(registration: Registration) -> tuple[str, str, str]:
    entry = str(registration.entry_point)
    for part, family in _FAMILIES.items():
        if part in entry:
            return family
    return ("registered with gymnasium", "", "")


def _missing(module: str, extra: str) -> str:
    mend = f': pip install "dreamer-studio[{extra}]"' if extra else ""
    return f"needs {module}, which is not installed{mend}"


def _register_atari() -> bool:
    """Registers the Atari environments if their package is installed, which importing gymnasium does not."""
    if importlib.util.find_spec(ATARI) is None:
        return False
    gymnasium.register_envs(importlib.import_module(ATARI))
    return True
