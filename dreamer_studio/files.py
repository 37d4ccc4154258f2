"""Files of a run: written whole or not at all, and read without following where somebody else's might lead."""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

UNFINISHED = ".tmp"
"""How the names of files end that are still being written."""

SET_ASIDE = ".damaged"
"""How the names of files end that could not be read and were set aside."""


def says_nothing_of_the_file(error: BaseException | None) -> bool:
    """Whether a file that could not be read may be as good as ever: the disk fails just now, or memory is full."""
    return isinstance(error, OSError | MemoryError) and not isinstance(error, FileNotFoundError)


class UnfitFileError(ValueError):
    """A file that is not read: a link, something else than a file, or larger than it can rightly be."""


def write_whole(path: Path, content: bytes) -> None:
    """Write a file, whole or not at all, also when the power goes: a temporary name, synced, then renamed.

    Raises:
        OSError: it could not be written; what was there before is untouched, and nothing half is left behind.
    """
    replace_whole(path, lambda file: file.write(content))


def replace_whole(path: Path, write: Callable[[BinaryIO], object]) -> None:
    """As `write_whole`, of what `write` writes into the open file."""
    temporary = path.with_name(path.name + UNFINISHED)
    temporary.unlink(missing_ok=True)  # of a process that was killed; or a link that would be written through
    try:
        with temporary.open("xb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        with contextlib.suppress(OSError):  # what went wrong before is what counts
            temporary.unlink(missing_ok=True)
    sync(path.parent)


def sync(path: Path) -> None:
    """Wait until a file, or the names in a folder, are on the disk."""
    if path.is_dir() and os.name == "nt":
        return  # Windows opens no folders
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def check_file(path: Path, most_bytes: int) -> None:
    """Refuse what must not be opened: a link may lead anywhere, a pipe or a device would hang or never end.

    Raises:
        UnfitFileError: it is no ordinary file, or has more than `most_bytes`.
        OSError: it is not there.
    """
    found = path.lstat()
    if stat.S_ISLNK(found.st_mode):
        raise UnfitFileError(f"{path.name} is a link, which could lead out of the run")
    if not stat.S_ISREG(found.st_mode):
        raise UnfitFileError(f"{path.name} is not an ordinary file")
    if found.st_size > most_bytes:
        raise UnfitFileError(f"{path.name} has {found.st_size:,} bytes, and {most_bytes:,} at most are right")


def read_small(path: Path, most_bytes: int) -> bytes:
    """The content of an ordinary file of at most `most_bytes`.

    Raises:
        UnfitFileError, OSError: as `check_file`.
    """
    check_file(path, most_bytes)
    with path.open("rb") as file:
        return file.read(most_bytes)


def set_aside(path: Path) -> Path:
    """Give what cannot be read a name that says so, next to where it was; its content stays.

    Returns:
        the new path.

    Raises:
        OSError: it cannot be renamed.
    """
    target, number = path.with_name(path.name + SET_ASIDE), 1
    while target.exists() or target.is_symlink():
        number += 1
        target = path.with_name(f"{path.name}{SET_ASIDE}-{number}")
    path.rename(target)
    return target
