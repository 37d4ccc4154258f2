"""A virtual environment for each peer, because their pinned packages (such as an older Pillow) conflict with ours."""

from __future__ import annotations

import sys
from importlib import metadata
from pathlib import Path

from benchmarks.environments import python_with
from benchmarks.peers.implementations import SAME_TORCH, Implementation


def python_of(implementation: Implementation, cache: Path) -> Path:
    """Return the interpreter for `implementation`; make its environment under `cache` if it is missing.

    Raises:
        InstallError: pip could not install the implementation.
    """
    if not implementation.requirements:
        return Path(sys.executable)
    requirements = pinned_requirements(implementation)
    python_version = f"python-{sys.version_info.major}.{sys.version_info.minor}"
    names = (requirement.replace("==", "-") for requirement in requirements)
    return python_with(requirements, cache / "-".join([*names, python_version]))


def pinned_requirements(implementation: Implementation) -> list[str]:
    """Return the requirements of `implementation` for pip."""
    torch = f"{SAME_TORCH}=={metadata.version('torch').partition('+')[0]}"
    return [torch if requirement == SAME_TORCH else requirement for requirement in implementation.requirements]
