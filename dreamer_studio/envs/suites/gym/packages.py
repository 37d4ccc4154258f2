"""Packages that register environments with gymnasium, apart from gymnasium's own. In environment processes only."""

import importlib
import importlib.metadata
import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Final

import gymnasium

from dreamer_studio.envs.errors import EnvUnavailableError
from dreamer_studio.envs.suites.gym import old_gym
from dreamer_studio.envs.suites.gym.known import KNOWN, is_installed
from dreamer_studio.envs.suites.gym.names import GymName

_GROUP: Final = "gymnasium.envs"
"""Packages name a function in this group that registers their environments."""


def import_module(task: str, name: GymName) -> str:
    """Import the module of a task, or run its file, so that it registers its environments.

    Installed modules take precedence over modules in the current folder.

    Returns:
        The file that the module came from; empty if it has none.

    Raises:
        EnvUnavailableError: If the module does not exist, or needs another one that is not installed.
    """
    if not name.is_file and not is_installed(name.module) and (here := str(Path.cwd())) not in sys.path:
        sys.path.append(here)
    before = len(gymnasium.registry)
    try:
        module = _run_file(task, Path(name.module)) if name.is_file else importlib.import_module(name.module)
    except ModuleNotFoundError as error:
        raise EnvUnavailableError(f"{task}: {_missing(name, error.name or '')}") from error
    if len(gymnasium.registry) == before and name.env_id not in gymnasium.registry:
        for point in importlib.metadata.entry_points(group=_GROUP):
            if point.module.partition(".")[0] == name.module.partition(".")[0]:
                point.load()()
    return module.__file__ or ""


def _missing(name: GymName, module: str) -> str:
    if not f"{name.module}.".startswith(f"{module}."):
        line = f": {old_gym.SHIMMY_LINE}" if module == "gym" else ""
        return f'importing {name.module} needs the module "{module}", which is not installed{line}'
    package = next((each for each in KNOWN if each.module == name.module), None)
    if package is not None:
        return f'there is no module "{name.module}" to import: {package.install}'
    return (
        f'there is no module "{name.module}" to import. If it is in another folder, set PYTHONPATH=FOLDER; for a file, '
        f"write gym:./FILE.py:{name.env_id}"
    )


def registering_modules() -> Iterator[str]:
    """List the installed modules that register environments: known ones and ones that declare it."""
    yield from (package.module for package in KNOWN if is_installed(package.module))
    known = {package.module.partition(".")[0] for package in KNOWN}
    for point in importlib.metadata.entry_points(group=_GROUP):
        root = point.module.partition(".")[0]
        if root not in known:
            known.add(root)
            yield root


def _run_file(task: str, path: Path) -> ModuleType:
    """Import a file under its own name if that is free, so that "name:Class" works as an entry point."""
    if not path.is_file():
        raise EnvUnavailableError(f"{task}: there is no file {path} (the current folder is {Path.cwd()})")
    free = path.stem.isidentifier() and path.stem not in sys.modules and importlib.util.find_spec(path.stem) is None
    name = path.stem if free else f"file_of_the_task_{path.stem}"
    sys.path.insert(0, str(path.absolute().parent))
    spec = importlib.util.spec_from_file_location(name, path.absolute())
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module
