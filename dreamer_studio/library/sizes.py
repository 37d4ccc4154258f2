"""Adds up the sizes of a run's files. Folders with many files are read again only if they have changed."""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass
from pathlib import Path

_DEEPEST = 4  # folders in a run, so that a stranger's folder cannot take forever
_FEW = 50
"""A folder with at most this many files is read each time: a log can grow while its folder stays unchanged."""


@dataclass(frozen=True)
class FolderSize:
    """The size of the files directly in a folder.

    Attributes:
        changed: time of change of the folder, in nanoseconds: files came, went or were replaced then.
        files: number of its files.
        size: bytes of its files.
        folders: names of the folders in it.
    """

    changed: int
    files: int
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
    found: Sizes = {}
    size = _measure(path, known, found, _DEEPEST)
    known.clear()
    known.update(found)
    return size


def _measure(path: Path, known: Sizes, found: Sizes, levels: int) -> int:
    try:
        changed = path.stat().st_mtime_ns
        folder = known.get(path)
        if folder is None or folder.changed != changed or folder.files <= _FEW:
            folder = _read(path, changed)
    except OSError:
        return 0
    found[path] = folder
    inside = sum(_measure(path / name, known, found, levels - 1) for name in folder.folders) if levels else 0
    return folder.size + inside


def _read(path: Path, changed: int) -> FolderSize:
    files, size, folders = 0, 0, []
    with os.scandir(path) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                folders.append(entry.name)
                continue
            files += 1
            with contextlib.suppress(FileNotFoundError):  # an unfinished file has its own name only for a moment
                size += entry.stat(follow_symlinks=False).st_size
    return FolderSize(changed, files, size, tuple(folders))
