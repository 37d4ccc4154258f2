"""The entry of the program in the menu of a Linux desktop, with its icon, for this user only."""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from dreamer_studio.resources import asset_path

NAME: Final = "dreamer-studio"
"""Name of the desktop file, of the icon and of the window, by which a desktop finds the entry of a window."""

_SPECIAL: Final = re.compile(r'(["`$\\])')


def add_to_desktop() -> tuple[Path, ...]:
    """Write the desktop file and the icon, and return their paths.

    Raises:
        OSError: they cannot be written.
    """
    entry, icon = paths()
    for path in (entry, icon):
        path.parent.mkdir(parents=True, exist_ok=True)
    text = asset_path(f"{NAME}.desktop").read_text(encoding="utf-8")
    entry.write_text(text.replace(f"Exec={NAME}\n", f"Exec={exec_line(_command())}\n"), encoding="utf-8")
    shutil.copyfile(asset_path("icons", f"{NAME}.svg"), icon)
    return entry, icon


def remove_from_desktop() -> tuple[Path, ...]:
    """Remove the desktop file and the icon, and return the paths that existed.

    Raises:
        OSError: they cannot be removed.
    """
    there = tuple(path for path in paths() if path.exists())
    for path in there:
        path.unlink()
    return there


def paths() -> tuple[Path, Path]:
    """Return the paths of the desktop file and of the icon."""
    from platformdirs import user_data_path  # noqa: PLC0415  (--help does not need it)

    data = user_data_path()
    return data / "applications" / f"{NAME}.desktop", data / "icons" / "hicolor" / "scalable" / "apps" / f"{NAME}.svg"


def exec_line(words: Sequence[str]) -> str:
    """Write a command for a desktop file: in quotes, with percent signs doubled."""
    quoted = ('"' + _SPECIAL.sub(r"\\\1", word) + '"' for word in words)
    return " ".join(quoted).replace("\\", "\\\\").replace("%", "%%")


def _command() -> list[str]:
    """Return the command that starts this program, with an absolute path: a desktop may not search our folder."""
    script = Path(sys.argv[0])
    if script.stem == NAME and script.is_file():
        return [str(script.absolute())]
    return [sys.executable, "-m", "dreamer_studio"]
