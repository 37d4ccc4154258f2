"""A virtual environment for each peer: what they pin (an older Pillow, for one) does not go together with ours."""

from __future__ import annotations

import logging
import subprocess
import sys
import venv
from importlib import metadata
from pathlib import Path

from benchmarks.peers.implementations import SAME_TORCH, Implementation

logger = logging.getLogger(__name__)


def python_of(implementation: Implementation, cache: Path) -> Path:
    """The interpreter to run `implementation` with; its environment is made under `cache` if it is not there yet.

    Raises:
        subprocess.CalledProcessError: pip could not install it, and has said why.
    """
    if not implementation.requirements:
        return Path(sys.executable)
    requirements = pinned_requirements(implementation)
    python_version = f"python-{sys.version_info.major}.{sys.version_info.minor}"
    folder = cache / "-".join([*(requirement.replace("==", "-") for requirement in requirements), python_version])
    python = folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    complete = folder / "complete"
    if not complete.exists():
        logger.info("installing %s into %s, once", ", ".join(requirements), folder)
        venv.create(folder, clear=True, with_pip=False)
        pip = [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet"]
        subprocess.run([*pip, *requirements], check=True, stdout=sys.stderr)
        complete.touch()
    return python


def pinned_requirements(implementation: Implementation) -> list[str]:
    """What pip is to install for `implementation`."""
    torch = f"{SAME_TORCH}=={metadata.version('torch').partition('+')[0]}"
    return [torch if requirement == SAME_TORCH else requirement for requirement in implementation.requirements]
