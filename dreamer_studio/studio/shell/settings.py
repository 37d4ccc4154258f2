"""The user's settings of the window: theme, layout, seconds to keep. One JSON file, checked when read."""

from __future__ import annotations

import base64
import dataclasses
import json
import logging
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, Literal

from pydantic import ConfigDict, Field, ValidationError, field_validator
from pydantic.dataclasses import dataclass
from PySide6.QtCore import QTimer

from dreamer_studio.files import UnfitFileError, read_small, set_aside, write_json
from dreamer_studio.studio.theme import Scheme
from dreamer_studio.texts import reason_of
from dreamer_studio.viewing.film.kept_seconds import FIRST_SECONDS, SECONDS

VERSION: Final = 1
"""Version of the file. A new setting with a default keeps the version; a setting with a new meaning raises it."""

MOST_BYTES: Final = 2**20
"""Largest file that is read, in bytes. A wide layout takes about 4 KiB."""

WRITE_MS: Final = 500
"""Milliseconds without a further change after which `SettingsFile.change_soon` writes the file."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, config=ConfigDict(strict=True))
class Settings:
    """All settings of the window, each with its default.

    Attributes:
        theme: "system", "light", "dark" or "contrast".
        keep_seconds: length of the record that Ctrl+Shift+E writes as a film.
        geometry: place and size of the window on its screen, as Qt writes it, in base64.
        layout: places of docks and toolbars, as Qt writes them, in base64.
        recent: folders of the last runs that were open, newest first.
        runs_folders: folders in which the start page looks for runs, besides the default one.
        runs_order: order of the list of runs, as the start page writes it; empty for the newest first.
        ask_before_closing: whether to ask before a training is closed.
        hints: whether to show hints to a new user.
        dimension: the dimension of the actions that the Dream workspace shows, by name; empty for the first.
        dream_tab: the tab of the Dream workspace, by title; empty for the first.
        dream_speed: the speed of the player of the Dream workspace.
        hints_seen: the hints that the user has seen, by key.
        curves: the curves on show, by key; empty for the first ones.
        curves_log: the curves with a logarithmic axis, by key; None for the usual ones.
        curves_unit: of the horizontal axis of all curves.
        curves_robust: whether outliers of curves are left out of sight.
        curves_smoothing: place in the list of smoothings.
        curves_grouped: whether runs laid over that differ only by their seeds are drawn together.
        curves_right: the metric on the right axis of a curve, by the key of the curve.
        curves_runs: the runs laid over the curves of each run, the run used last at the end: folders, and whether
            each run is drawn.
        text_scale: size of all text, as a multiple of the system's size.
        lessons_done: the chapters of Learn that the user has done, by key.
        palette_used: ids of the items of the command palette that were used, the last one first.

    Raises:
        pydantic.ValidationError: a value has the wrong type or is out of range.
    """

    theme: Scheme = "system"
    keep_seconds: int = Field(default=FIRST_SECONDS, ge=SECONDS[0], le=SECONDS[1])
    geometry: str = ""
    layout: str = ""
    recent: tuple[str, ...] = ()
    runs_folders: tuple[str, ...] = ()
    runs_order: str = ""
    ask_before_closing: bool = True
    hints: bool = True
    hints_seen: tuple[str, ...] = ()
    dimension: str = ""
    dream_tab: str = ""
    dream_speed: float = Field(default=1.0, gt=0, strict=False)
    curves: tuple[str, ...] = ()
    curves_log: tuple[str, ...] | None = None
    curves_unit: Literal["environment steps", "updates", "agent steps", "hours"] = "environment steps"
    curves_robust: bool = True
    curves_smoothing: int = Field(default=3, ge=0, le=6)
    curves_grouped: bool = False
    curves_right: dict[str, str] = Field(default_factory=dict)
    curves_runs: dict[str, dict[str, bool]] = Field(default_factory=dict)
    text_scale: float = Field(default=1.0, ge=0.5, le=3.0, strict=False)
    lessons_done: tuple[str, ...] = ()
    palette_used: tuple[str, ...] = ()

    @field_validator(
        "recent", "runs_folders", "hints_seen", "curves", "curves_log", "lessons_done", "palette_used", mode="before"
    )
    @classmethod
    def _from_a_list(cls, items: object) -> object:
        return tuple(items) if isinstance(items, list) else items  # JSON has no tuples

    @field_validator("geometry", "layout")
    @classmethod
    def _is_base64(cls, text: str) -> str:
        base64.b64decode(text, validate=True)
        return text


class SettingsFile:
    """Reads the settings once and writes each change.

    A file that cannot be parsed is set aside under another name, and the defaults apply. A file that cannot be read at
    all, or that a newer version has written, stays unchanged; then the program writes no settings.

    Attributes:
        current: the settings in force.
        problem: why the file is not used, in a sentence for the user; empty if the file is fine.

    Args:
        path: the file; None keeps the settings in memory only.
        old: returns the settings of a version without this file, or None if there are none.
    """

    def __init__(self, path: Path | None, old: Callable[[], Settings | None] = lambda: None) -> None:
        self._path = path
        self.problem = ""
        self.current = Settings()
        self._unwritten: dict[str, Any] = {}
        self._clock = QTimer(singleShot=True, interval=WRITE_MS)
        self._clock.timeout.connect(self.change)
        if path is None:
            return
        try:
            self._path = path.resolve()  # the file may be a link to a file that the user keeps elsewhere
            self.current = _read(self._path)
        except FileNotFoundError:
            self._take_over(old)
        except _NewerVersionError as error:
            self._leave(f"{error}; this window uses the defaults and remembers nothing.")
        except (OSError, RuntimeError) as error:
            self._leave(f"cannot be read ({error}); this window uses the defaults and remembers nothing.")
        except ValueError as error:
            self._set_aside(error)

    def change(self, **values: Any) -> None:
        """Change some settings and write the file, if anything differs. If the file cannot be written, log a warning.

        A file that a newer version has written meanwhile stays as it is.

        Raises:
            pydantic.ValidationError: a value has the wrong type or is out of range.
        """
        self.current = dataclasses.replace(self.current, **values)
        values, self._unwritten = self._unwritten | values, {}
        self._clock.stop()
        if self._path is None:
            return
        try:
            # Another window may have changed other settings in the meantime.
            found = _read(self._path)
            stored = dataclasses.replace(found, **values)
            if stored == found:
                return
        except _NewerVersionError as error:
            _log.warning("the settings in %s %s; they stay as they are", self._path, error)
            return
        except (OSError, ValueError):
            stored = self.current
        self._write(stored)

    def change_soon(self, **values: Any) -> None:
        """Change some settings, and write the file once no change has come for half a second, or with `change`.

        For values that change many times in a row, such as those of a slider.

        Raises:
            pydantic.ValidationError: a value has the wrong type or is out of range.
        """
        self.current = dataclasses.replace(self.current, **values)
        self._unwritten |= values
        self._clock.start()

    def _take_over(self, old: Callable[[], Settings | None]) -> None:
        found = old()
        if found is not None:
            self.current = found
            self._write(found)

    def _write(self, settings: Settings) -> None:
        assert self._path is not None
        content = {"version": VERSION, **dataclasses.asdict(settings)}
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            write_json(self._path, content, own=f".{os.getpid()}")
        except OSError as error:
            _log.warning("the settings cannot be written: %s", error)

    def _set_aside(self, error: ValueError) -> None:
        assert self._path is not None
        reason = _in_a_line(error)
        try:
            moved = set_aside(self._path)
        except OSError as refused:
            self._leave(f"cannot be used ({reason}) or set aside ({refused}); this window remembers nothing.")
            return
        self._say(f"cannot be used ({reason}). They are set aside as {moved.name}, and the defaults apply.")

    def _leave(self, problem: str) -> None:
        self._say(problem)
        self._path = None

    def _say(self, problem: str) -> None:
        self.problem = f"The settings in {self._path} {problem}"
        _log.warning("%s", self.problem)


class _NewerVersionError(ValueError):
    """The file is from a newer version of the program."""


def _read(path: Path) -> Settings:
    """Read a settings file.

    Raises:
        _NewerVersionError: the file is from a newer version.
        ValueError: the file cannot be parsed.
        OSError: the file cannot be read.
    """
    try:
        content = json.loads(read_small(path, MOST_BYTES))
    except RecursionError as error:
        raise ValueError("they are nested too deeply") from error
    version = content.get("version") if isinstance(content, dict) else None
    if type(version) is not int or version < 1:
        raise ValueError("they have no version")
    if version > VERSION:
        raise _NewerVersionError(f"are of version {version}, and this program knows {VERSION}")
    names = {field.name for field in dataclasses.fields(Settings)}
    return Settings(**{name: value for name, value in content.items() if name in names})


def _in_a_line(error: ValueError) -> str:
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        return f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
    if isinstance(error, UnfitFileError):
        return str(error)
    return reason_of(error)
