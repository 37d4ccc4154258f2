"""Searches gymnasium's registry: finds and lists environments, suggests names, says which package is missing."""

import contextlib
import importlib
import importlib.util
import inspect
from collections.abc import Iterator
from typing import Final

import gymnasium
from gymnasium.envs.registration import EnvSpec as Registration

from dreamer_studio.envs.errors import EnvError, EnvUnavailableError
from dreamer_studio.envs.suites.gym import known, maker, old_gym, packages
from dreamer_studio.envs.suites.gym.known import ATARI
from dreamer_studio.envs.suites.gym.names import GymName, gym_task
from dreamer_studio.envs.suites.suggestions import unknown_task
from dreamer_studio.envs.suites.suite import TaskInfo
from dreamer_studio.envs.worker import ask

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

PACKAGE_SECONDS: Final = 30.0
"""How long the import of an installed package may take."""


def find(task: str, name: GymName) -> Registration:
    """Find a registered environment, importing its module first; its version must be named, because versions differ.

    Raises:
        UnknownTaskError: If there is none, with the nearest names.
        EnvUnavailableError: If its module or package is missing.
    """
    others = set(gymnasium.registry)
    file = packages.import_module(task, name) if name.module else ""
    with contextlib.suppress(gymnasium.error.Error):
        return gymnasium.spec(name.env_id)
    if _register_atari():
        with contextlib.suppress(gymnasium.error.Error):
            return gymnasium.spec(name.env_id)
    old = old_gym.registration_of(name.env_id)
    if old is not None:
        with maker.says_what_is_missing(task):
            return old_gym.as_new(old)
    package = known.of_id(name.env_id)
    if package is not None and not known.is_installed(package.module):
        raise EnvUnavailableError(
            f"{task} needs {package.module}: {package.install}; then ask for {package.task(name.env_id)}"
        )
    new = gymnasium.registry.keys() - others
    if name.module and not new and not old_gym.registered() and (package is None or package.module == name.module):
        raise EnvUnavailableError(
            f"{task}: {name.module} ({file}) registers no environment with gymnasium. If it is written for the old gym "
            f"package: {old_gym.SHIMMY_LINE}"
        )
    valid = [info.task for info in tasks()]
    if name.module:
        valid += [gym_task(name.module, env_id) for env_id in (*old_gym.registered(), *new)]
    else:
        valid += [info.task for info in installed_tasks()]
    listed = package is None or package.module == ATARI or any(package.module in each for each in valid)
    if package is not None and not listed:  # its import may have failed
        valid.append(package.task(name.env_id))
    raise unknown_task(task, valid)


def missing_package(registration: Registration) -> str:
    """Name the missing package of an environment and the line that installs it; empty if none is missing."""
    _, module, extra = _family(registration)
    return "" if not module or importlib.util.find_spec(module) else _missing(module, extra)


def tasks(module: str = "") -> list[TaskInfo]:
    """List the newest version of every environment that can run, or could run with one of our extras.

    Args:
        module: A module to import; then only its environments are listed.
    """
    _register_atari()
    others = set(gymnasium.registry)
    if module:
        packages.import_module("", GymName(module, "", {}))
    infos = []
    for registration in _newest():
        origin, _, extra = _family(registration)
        missing = missing_package(registration)
        if (not missing or extra) and not (module and registration.id in others):
            note = f"{module or origin}; {missing}" if missing else module or origin
            install = _install_line(extra) if missing else ""
            infos.append(TaskInfo(gym_task(module, registration.id), note, missing, install))
    return infos


def installed_tasks() -> list[TaskInfo]:
    """List the tasks of installed packages that must be imported, each in a separate process that may fail."""
    infos: list[TaskInfo] = []
    for module in packages.registering_modules():
        if module != ATARI:
            with contextlib.suppress(EnvError):
                infos += ask(module, PACKAGE_SECONDS, tasks, module)
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
    """Return whether this is gymnasium's placeholder for an environment that has moved, which only raises."""
    entry = registration.entry_point
    return inspect.isfunction(entry) and entry.__module__.partition(".")[0] == "gymnasium"


def _family(registration: Registration) -> tuple[str, str, str]:
    entry = str(registration.entry_point)
    for part, family in _FAMILIES.items():
        if part in entry:
            return family
    return ("registered with gymnasium", "", "")


def _missing(module: str, extra: str) -> str:
    mend = f": {_install_line(extra)}" if extra else ""
    return f"needs {module}, which is not installed{mend}"


def _install_line(extra: str) -> str:
    return f'pip install "dreamer-studio[{extra}]"'


def _register_atari() -> bool:
    """Register the Atari environments if their package is installed, which importing gymnasium does not."""
    if importlib.util.find_spec(ATARI) is None:
        return False
    gymnasium.register_envs(importlib.import_module(ATARI))
    return True
