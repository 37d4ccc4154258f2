"""The folders that hold runs: the program's own, and those that the person added in Preferences."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path

from dreamer_studio.files import read_small

SETTING = "runs_folders"
"""Name of the window's setting with the added folders, a list of absolute paths."""

_MOST_BYTES = 2**20


def default_root() -> Path:
    """Return the folder of the runs whose folder nobody named."""
    from platformdirs import user_data_path  # noqa: PLC0415  (--help does not need it)

    return user_data_path("dreamer-studio") / "runs"


def runs_folders() -> tuple[Path, ...]:
    """Return the program's folder of runs, and those in the window's settings. Needs no Qt."""
    from platformdirs import user_config_path  # noqa: PLC0415  (--help does not need it)

    settings = user_config_path("dreamer-studio", appauthor=False) / "settings.json"
    return default_root(), *_added(settings)


def _added(settings: Path) -> tuple[Path, ...]:
    content: object = None
    with contextlib.suppress(OSError, ValueError, RecursionError):
        content = json.loads(read_small(settings.resolve(), _MOST_BYTES))
    folders = content.get(SETTING) if isinstance(content, dict) else None
    if not isinstance(folders, list):
        return ()
    return tuple(Path(folder) for folder in folders if isinstance(folder, str) and folder)
