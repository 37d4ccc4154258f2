"""Adds up the sizes of a run's files. Folders that have not changed are not read again."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

_DEEPEST = 4  # folders in a run, so that a stranger's folder cannot take forever


@dataclass(frozen=True)
class FolderSize:
    """The size of the files directly in a folder.

    Attributes:
        changed: time of change of the folder, in nanoseconds: files came, went or were replaced then.
        size: bytes of its files.
        folders: names of the folders in it.
    """

    changed: int
    size: int
    folders: tuple[str, ...]


Sizes = dict[Path, FolderSize]
"""The folders of a run, as found at the last look."""


def measure(path: Path, known: Sizes) -> int:
    """Return the size of all files in a run, in bytes. Links are not followed.

    Args:
        path: the run's folder.
        known: folders of the last look; brought up to date.
    """
    return _measure(path, known, _DEEPEST)


def _measure(path: Path, known: Sizes, levels: int) -> int:
    try:
        changed = path.stat().st_mtime_ns
        found = known.get(path)
        growing = levels == _DEEPEST  # the log grows while its folder does not change
        if found is None or found.changed != changed or growing:
            found = known[path] = _read(path, changed)
    except OSError:
        known.pop(path, None)
        return 0
    inside = sum(_measure(path / name, known, levels - 1) for name in found.folders) if levels else 0
    return found.size + inside


def _read(path: Path, changed: int) -> FolderSize:
    size, folders = 0, []
    with os.scandir(path) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                folders.append(entry.name)
            else:
                size += entry.stat(follow_symlinks=False).st_size
    return FolderSize(changed, size, tuple(folders))
