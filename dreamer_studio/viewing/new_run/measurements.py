"""Keeps measurements of this machine in a file, so that the next new run has an estimate at once."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import logging
import os
import platform
import threading
from pathlib import Path
from typing import Any

from dreamer_studio import __version__
from dreamer_studio.config import Config
from dreamer_studio.files import read_small, write_whole
from dreamer_studio.system.packages import version_of
from dreamer_studio.viewing.new_run.messages import Measurement

LEARNING = (
    *("cnn_depth", "deter_size", "stoch_size", "hidden_size", "num_units", "pcont"),
    *("horizon", "batch_size", "batch_length", "precision", "compile", "spare_cores"),
    *("slow_target", "imagine_every", "decode_every", "activation", "layer_norm"),
)
"""Settings that change the time of an update."""

PLAYING = ("task", "action_repeat", "time_limit", "render_quality", "observe", "render_small")
"""Settings that change the time of an agent step."""

PLACE = ("machine", "device")
"""Parts of a measurement's key that say where it was made."""

MOST_BYTES = 2**20
MOST_ENTRIES = 200

_log = logging.getLogger(__name__)


class Measurements:
    """Finds the measurement that fits a configuration. Any thread may call any method.

    Args:
        path: the file; None keeps measurements in memory only.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._entries: list[dict[str, Any]] | None = None
        self._machine = _machine()

    def find(self, config: Config, device: str, *, exact: bool = False) -> Measurement | None:
        """Return the newest measurement of a configuration that is as fast as this one; None if there is none.

        Args:
            config: the configuration.
            device: where it computes: "auto", "cpu", "cuda" or "mps".
            exact: whether the task and its environment must be the same. Otherwise, if there is none for the task, a
                measurement of another task with the same networks and batches will do.
        """
        wanted = self._key(config, device)
        with self._lock:
            entries = [entry for entry in reversed(self._read()) if _same(entry["key"], wanted, (*PLACE, *LEARNING))]
        fitting = [entry for entry in entries if _same(entry["key"], wanted, PLAYING)]
        best = next(iter(fitting or ([] if exact else entries)), None)
        return None if best is None else Measurement(**best["measured"])

    def keep(self, config: Config, device: str, measured: Measurement) -> None:
        """Add a measurement. If the file cannot be written, log a warning."""
        entry = {"key": self._key(config, device), "measured": dataclasses.asdict(measured)}
        with self._lock:
            kept = [each for each in self._read() if each["key"] != entry["key"]]
            self._entries = [*kept, entry][-MOST_ENTRIES:]
            if self._path is None:
                return
            try:
                self._path.parent.mkdir(parents=True, exist_ok=True)
                write_whole(self._path, (json.dumps(self._entries, indent=1) + "\n").encode(), own=f".{os.getpid()}")
            except OSError as error:
                _log.warning("the measurement cannot be kept: %s", error)

    def _key(self, config: Config, device: str) -> dict[str, Any]:
        settings = {name: getattr(config, name) for name in (*LEARNING, *PLAYING)}
        return {"machine": self._machine, "device": device, **settings}

    def _read(self) -> list[dict[str, Any]]:
        if self._entries is None:
            self._entries = []
            with contextlib.suppress(OSError, ValueError, RecursionError):
                if self._path is not None:
                    found = json.loads(read_small(self._path, MOST_BYTES))
                    self._entries = [entry for entry in found if _is_entry(entry)] if isinstance(found, list) else []
        return self._entries


def same_speed(one: Config, other: Config) -> bool:
    """Return whether one measurement fits both configurations."""
    return all(getattr(one, name) == getattr(other, name) for name in (*LEARNING, *PLAYING))


def measurements_path() -> Path:
    """Return the path of the user's file."""
    from platformdirs import user_cache_path  # noqa: PLC0415

    return user_cache_path("dreamer-studio", appauthor=False) / "measurements.json"


def _machine() -> str:
    """Name this machine and the versions that a measurement depends on."""
    return f"{platform.node()} {os.cpu_count()} {platform.machine()} {__version__} torch {version_of('torch')}"


def _same(key: dict[str, Any], wanted: dict[str, Any], names: tuple[str, ...]) -> bool:
    return all(key.get(name) == wanted[name] for name in names)


def _is_entry(entry: Any) -> bool:
    """Return whether an entry of the file is whole; another version may have written it."""
    try:
        measured = entry["measured"]
        whole = set(measured) == {field.name for field in dataclasses.fields(Measurement)}
        return whole and isinstance(entry["key"], dict) and _has_numbers(measured)
    except (TypeError, KeyError):
        return False


def _has_numbers(measured: dict[str, Any]) -> bool:
    words = ("task", "device")
    return all(isinstance(value, str if name in words else int | float) for name, value in measured.items())
