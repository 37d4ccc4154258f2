"""What gymnasium has registered: what exists, what was probably meant, what needs another package."""

import contextlib
import importlib
import importlib.util
import inspect
from collections.abc import Iterator
from typing import Final

import gymnasium
from gymnasium.envs.registration import EnvSpec as Registration

from dreamer_studio.envs.errors import EnvUnavailableError
from dreamer_studio.envs.tasks import GYM_PREFIX, TaskInfo, unknown_task

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
_ATARI_NAMESPACE: Final = "ALE/"


def find(task: str, env_id: str) -> Registration:
    """Finds the registered environment `env_id`; its version must be named, because versions differ.

    Raises:
        UnknownTaskError: If there is none, with the nearest names.
        EnvUnavailableError: If it would come with the Atari extra.
    """
    with contextlib.suppress(gymnasium.error.Error):
        return gymnasium.spec(env_id)
    if _register_atari():
        with contextlib.suppress(gymnasium.error.Error):
            return gymnasium.spec(env_id)
    elif env_id.startswith(_ATARI_NAMESPACE):
        raise EnvUnavailableError(f"{task} {_missing('ale_py', 'atari')}")
    raise unknown_task(task, (info.task for info in tasks()))


def missing_package(registration: Registration) -> str:
    """Says what an environment needs that is not installed and the line that mends it; empty if nothing is."""
    _, module, extra = _family(registration)
    return "" if not module or importlib.util.find_spec(module) else _missing(module, extra)


def tasks() -> list[TaskInfo]:
    """Lists the newest version of every environment that can run, or could with one of our extras."""
    _register_atari()
    infos = []
    for registration in _newest():
        origin, _, extra = _family(registration)
        missing = missing_package(registration)
        if not missing or extra:
            note = f"{origin}; {missing}" if missing else origin
            infos.append(TaskInfo(GYM_PREFIX + registration.id, note))
    return infos


def _newest() -> Iterator[Registration]:
    newest: dict[tuple[str | None, str], Registration] = {}
    for registration in gymnasium.registry.values():
        # A function as an entry point stands for an environment that has moved elsewhere: it only raises.
        if inspect.isfunction(registration.entry_point):
            continue
        known = newest.setdefault((registration.namespace, registration.name), registration)
        if (registration.version or 0) > (known.version or 0):
            newest[registration.namespace, registration.name] = registration
    yield from sorted(newest.values(), key=lambda registration: registration.id)


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
    if importlib.util.find_spec("ale_py") is None:
        return False
    gymnasium.register_envs(importlib.import_module("ale_py"))
    return True
