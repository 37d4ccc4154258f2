"""Finds runs: in the program's folder, in folders from Preferences, and where a run was open last."""

from __future__ import annotations

from pathlib import Path

from dreamer_studio.files import read_json_object

FOLDERS_SETTING, RECENT_SETTING = "runs_folders", "recent"
"""Names of the window's settings with the added folders and with the runs that were open last: lists of paths."""

_MOST_BYTES = 2**20


def default_root() -> Path:
    """Return the program's own folder of runs."""
    from platformdirs import user_data_path  # noqa: PLC0415  (--help does not need it)

    return user_data_path("dreamer-studio") / "runs"


def runs_folders() -> tuple[Path, ...]:
    """Return the program's folder of runs, and those in the window's settings. Needs no Qt."""
    return default_root(), *_paths_in_settings(FOLDERS_SETTING)


def recent_runs() -> tuple[Path, ...]:
    """Return the runs that were open last in a window. They may be gone. Needs no Qt."""
    return _paths_in_settings(RECENT_SETTING)


def settings_path() -> Path:
    """Return the path of the window's settings."""
    from platformdirs import user_config_path  # noqa: PLC0415  (--help does not need it)

    return user_config_path("dreamer-studio", appauthor=False) / "settings.json"


def _paths_in_settings(name: str) -> tuple[Path, ...]:
    paths = read_json_object(settings_path().resolve(), _MOST_BYTES).get(name)
    return tuple(Path(path) for path in paths if isinstance(path, str) and path) if isinstance(paths, list) else ()
