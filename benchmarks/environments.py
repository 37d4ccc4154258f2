"""Virtual environments for packages that conflict with our own. They are made once and kept."""

from __future__ import annotations

import logging
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Sequence
from pathlib import Path

logger = logging.getLogger(__name__)


class InstallError(RuntimeError):
    """pip could not install something. The message is pip's."""


def python_with(requirements: Sequence[str], folder: Path, *, sharing: bool = False) -> Path:
    """Return the interpreter of an environment in `folder` with `requirements`; make the environment if needed.

    Args:
        requirements: In pip's notation.
        folder: The folder of the environment.
        sharing: Whether the environment also sees the packages of the running interpreter. Its own packages come
            first: if a requirement rules out the running version, pip installs another version there.

    Raises:
        InstallError: pip could not install something.
    """
    python = folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    complete = folder / "complete"
    wanted = "\n".join(requirements)
    if not complete.exists() or complete.read_text(encoding="utf-8") != wanted:
        logger.info("installing %s into %s, once", requirements[0], folder)
        venv.create(folder, clear=True, with_pip=False)
        if sharing:
            _share_packages(python)
        pip = [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet", *requirements]
        done = subprocess.run(pip, capture_output=True, text=True, check=False)
        if done.returncode:
            raise InstallError(done.stderr.strip())
        complete.write_text(wanted, encoding="utf-8")
    return python


def own_packages(python: Path) -> str:
    """Return the folder of the packages that belong to `python` alone."""
    query = [str(python), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]
    return str(subprocess.run(query, check=True, capture_output=True, text=True).stdout).strip()


def _share_packages(python: Path) -> None:
    (Path(own_packages(python)) / "shared.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
