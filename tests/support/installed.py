"""Pretend that packages are installed: write the metadata of a package into a folder."""

from collections.abc import Sequence
from pathlib import Path

import pytest


def install(patch: pytest.MonkeyPatch, folder: Path, name: str, version: str, requires: Sequence[str] = ()) -> None:
    """Make this process and those that it spawns find `name` installed in `version`."""
    metadata = folder / f"{name.replace('-', '_')}-{version}.dist-info" / "METADATA"
    metadata.parent.mkdir(parents=True)
    lines = ["Metadata-Version: 2.4", f"Name: {name}", f"Version: {version}"]
    lines += [f"Requires-Dist: {requirement}" for requirement in requires]
    metadata.write_text("\n".join(lines) + "\n")
    patch.syspath_prepend(folder)


def install_mujoco_4(patch: pytest.MonkeyPatch, folder: Path) -> None:
    """Make Python find a mujoco that does not fit the other packages."""
    install(patch, folder, "mujoco", "4.0.0")
    (folder / "mujoco.py").write_text('raise AttributeError("MjModel has no attribute flex_vertedge")\n')
