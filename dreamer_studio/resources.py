"""Find the assets: icons, the demo run, published scores; and the pages of documentation that the window shows."""

from __future__ import annotations

import re
import shutil
import tempfile
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def assets_root() -> Path:
    """Find the folder of assets.

    An installed wheel has the folder inside the package; a source checkout has it beside the package.

    Returns:
        The absolute path of an existing folder.

    Raises:
        FileNotFoundError: If the folder is in neither place; the message names both.
    """
    candidates = (_PACKAGE / "assets", _PACKAGE.parent / "assets")
    for candidate in candidates:
        if (candidate / "icons").is_dir():
            return candidate
    places = " nor ".join(str(candidate) for candidate in candidates)
    raise FileNotFoundError(f"Dreamer Studio's assets are neither in {places}; install the package again.")


def asset_path(*parts: str) -> Path:
    """Find one asset by its path below the assets folder, as in `asset_path("icons", "start.svg")`.

    Args:
        *parts: Path segments below the assets folder; they must not lead out of the folder.

    Returns:
        The absolute path of an existing file or folder.

    Raises:
        FileNotFoundError: If there is no such asset.
    """
    root = assets_root()
    path = root.joinpath(*parts).resolve()
    if not path.is_relative_to(root) or not path.exists():
        raise FileNotFoundError(f"There is no asset {'/'.join(parts)!r} in {root}.")
    return path


def document_path(name: str) -> Path:
    """Find a page of the documentation that comes with the program, such as "glossary.md".

    An installed wheel has these pages inside the package; a source checkout has them beside the package.

    Raises:
        FileNotFoundError: If there is no such page.
    """
    candidates = (_PACKAGE / "docs" / name, _PACKAGE.parent / "docs" / name)
    for candidate in candidates:
        if candidate.is_file():
            return candidate
    places = " nor ".join(str(candidate) for candidate in candidates)
    raise FileNotFoundError(f"There is no page {name!r}: neither {places} exists; install the package again.")


def is_demo(path: Path) -> bool:
    """Return whether a folder is a copy of the finished example, by its name."""
    return re.fullmatch(r"demo-\d{6}-step-\d+-update-\d+", path.name) is not None


def unpack_demo(base: Path) -> Path:
    """Copy the finished example to a writable folder, so exports have a place. Each version is copied once.

    Args:
        base: The folder for the copy; it is made if it is missing.

    Returns:
        The path of the copy, which is a run folder.

    Raises:
        FileNotFoundError: If the assets are missing.
        OSError: If the copy cannot be written; no half-written copy is left.
    """
    source = asset_path("demo")
    version = max(folder.name for folder in (source / "checkpoints").iterdir())
    target = base / f"demo-{version}"
    if not target.is_dir():
        base.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=base, prefix=".demo-") as unfinished:
            copy = shutil.copytree(source, Path(unfinished) / "demo")
            try:
                copy.rename(target)
            except OSError:
                if not target.is_dir():  # else another process was faster
                    raise
    return target
