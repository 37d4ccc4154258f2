"""Files of a run: write them whole or not at all, and read them without following links."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import os
import stat
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, BinaryIO

UNFINISHED = ".tmp"
"""Suffix of unfinished files."""

SET_ASIDE = ".damaged"
"""Suffix of damaged files that were set aside."""


def says_nothing_of_the_file(error: BaseException | None) -> bool:
    """Return whether an error leaves open that the file is intact: the disk fails, or memory is full."""
    return isinstance(error, OSError | MemoryError) and not isinstance(error, FileNotFoundError)


class UnfitFileError(ValueError):
    """A file that must not be read: a link, not an ordinary file, or too large."""


def write_whole(
    path: Path, content: bytes, *, own: str = "", synced: bool = True, check: Callable[[], None] = lambda: None
) -> None:
    """Write a file whole or not at all, even in a power cut: to a temporary name, synced, then renamed.

    Args:
        path: the file.
        content: all of its bytes.
        own: part of the temporary name; one for each process, if several may write the file at the same time.
        synced: whether to wait for the disk. Otherwise the content may be lost in a power cut.
        check: called before the temporary file is made and again before it is renamed. What it raises prevents the
            write.

    Raises:
        OSError: the file cannot be written; the old file is unchanged, and no half-written file is left.
    """
    replace_whole(path, lambda file: file.write(content), own=own, synced=synced, check=check)


def replace_whole(
    path: Path,
    write: Callable[[BinaryIO], object],
    *,
    own: str = "",
    synced: bool = True,
    check: Callable[[], None] = lambda: None,
) -> None:
    """Do the same as `write_whole`; `write` puts the content into the open file."""
    temporary = path.with_name(path.name + own + UNFINISHED)
    check()
    temporary.unlink(missing_ok=True)  # a killed process may have left it, or it may be a link
    try:
        with temporary.open("xb") as file:
            write(file)
            file.flush()
            if synced:
                os.fsync(file.fileno())
        check()  # a trainer that takes over after this removes the temporary file
        temporary.replace(path)
    finally:
        with contextlib.suppress(OSError):  # an earlier error matters more
            temporary.unlink(missing_ok=True)
    if synced:
        sync(path.parent)


def write_json(
    path: Path, value: object, *, own: str = "", synced: bool = True, check: Callable[[], None] = lambda: None
) -> None:
    """Write a value as indented JSON. Arguments and errors as in `write_whole`."""
    write_whole(path, (json.dumps(value, indent=2) + "\n").encode(), own=own, synced=synced, check=check)


def write_texts(folder: Path, contents: Mapping[str, str]) -> list[Path]:
    """Write a file for each name and text into a folder, which is made if it is missing, and return the paths.

    Raises:
        OSError: as in `write_whole`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in contents.items():
        write_whole(folder / name, content.encode())
    return [folder / name for name in contents]


def csv_text(rows: Iterable[Iterable[Any]]) -> str:
    """Return rows as comma-separated values, a line each."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


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
    """Refuse files that must not be opened: a link may lead anywhere; a pipe or a device may never end.

    Raises:
        UnfitFileError: the path is not an ordinary file, or the file has more than `most_bytes`.
        OSError: the file does not exist.
    """
    found = path.lstat()
    if stat.S_ISLNK(found.st_mode):
        raise UnfitFileError(f"{path.name} is a link, which could lead out of the run")
    if not stat.S_ISREG(found.st_mode):
        raise UnfitFileError(f"{path.name} is not an ordinary file")
    if found.st_size > most_bytes:
        raise UnfitFileError(f"{path.name} has {found.st_size:,} bytes, but may have at most {most_bytes:,}")


def read_small(path: Path, most_bytes: int) -> bytes:
    """Return the content of an ordinary file of at most `most_bytes`.

    Raises:
        UnfitFileError, OSError: as `check_file`.
    """
    check_file(path, most_bytes)
    with path.open("rb") as file:
        return file.read(most_bytes)


def read_json_object(path: Path, most_bytes: int) -> dict[str, Any]:
    """Return the JSON object in a file of at most `most_bytes`; an empty one if the file has none or cannot be read."""
    try:
        content = json.loads(read_small(path, most_bytes))
    except (OSError, ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}


def read_end(path: Path, most_bytes: int) -> bytes:
    """Return the last bytes of an ordinary file of any size, at most `most_bytes`.

    Raises:
        UnfitFileError, OSError: as `check_file`.
    """
    check_file(path, sys.maxsize)
    with path.open("rb") as file:
        file.seek(max(0, os.fstat(file.fileno()).st_size - most_bytes))
        return file.read(most_bytes)


def set_aside(path: Path) -> Path:
    """Rename a damaged file within its folder; its content stays.

    Returns:
        the new path.

    Raises:
        OSError: the file cannot be renamed.
    """
    target = free_path(path.with_name(path.name + SET_ASIDE))
    path.rename(target)
    return target


def free_path(path: Path) -> Path:
    """Return the path if nothing is there, else the first free path with a number added to its name."""
    free, number = path, 1
    while free.exists() or free.is_symlink():
        number += 1
        free = path.with_name(f"{path.name}-{number}")
    return free
