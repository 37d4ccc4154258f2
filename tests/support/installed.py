"""Packages that are not really there: what Python knows of an installed one, in a folder."""

from collections.abc import Sequence
from pathlib import Path

import pytest


def install(patch: pytest.MonkeyPatch, folder: Path, name: str, version: str, requires: Sequence[str] = ()) -> None:
    """Has `name` found as installed in `version`, in this process and in those that it spawns."""
    metadata = folder / f"{name.replace('-', '_')}-{version}.dist-info" / "METADATA"
    metadata.parent.mkdir(parents=True)
    lines = ["Metadata-Version: 2.4", f"Name: {name}", f"Version: {version}"]
    lines += [f"Requires-Dist: {requirement}" for requirement in requires]
    metadata.write_text("\n".join(lines) + "\n")
    patch.syspath_prepend(folder)


def install_mujoco_4(patch: pytest.MonkeyPatch, folder: Path) -> None:
    """Has a mujoco found that nothing here can work with."""
    install(patch, folder, "mujoco", "4.0.0")
    (folder / "mujoco.py").write_text('raise AttributeError("MjModel has no attribute flex_vertedge")\n')
