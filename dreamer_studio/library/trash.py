"""Moves runs to a trash folder beside them, and back. Nothing is ever deleted."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from dreamer_studio.files import free_path
from dreamer_studio.runs.errors import RunError
from dreamer_studio.runs.folder import RunFolder
from dreamer_studio.runs.lease.hold import check_lease
from dreamer_studio.runs.lock import FILE as LOCK_FILE
from dreamer_studio.runs.lock import RunLock

TRASH = ".trash"
"""Name of the trash folder. It lies beside the run, so that a move within one file system is enough."""


@dataclass(frozen=True)
class Trashed:
    """A run in the trash.

    Attributes:
        path: where the run was.
        kept: where the run is now.
    """

    path: Path
    kept: Path


def move_to_trash(path: Path) -> Trashed:
    """Move a run to the trash folder beside it.

    Raises:
        RunLockedError: another process trains the run.
        RunError: there is no run.
        OSError: it cannot be moved; then it stays.
    """
    if not path.is_dir():
        raise RunError(f"there is no folder {path}")
    trash = path.parent / TRASH
    with _nobody_training(path):
        trash.mkdir(exist_ok=True)
        kept = free_path(trash / path.name)
        path.rename(kept)
    return Trashed(path, kept)


def restore(trashed: Trashed) -> Path:
    """Move a run back from the trash and return its folder, under another name if the old one is taken.

    Raises:
        OSError: it cannot be moved; then it stays in the trash.
    """
    path = free_path(trashed.path)
    trashed.kept.rename(path)
    with contextlib.suppress(OSError):  # other runs may lie in it
        trashed.kept.parent.rmdir()
    return path


@contextlib.contextmanager
def _nobody_training(path: Path) -> Iterator[None]:
    """Hold the lock of a run, unless its lock is damaged, so that nobody can train it.

    Raises:
        RunLockedError: another process trains the run.
    """
    file = path / LOCK_FILE
    if file.is_symlink() or (file.exists() and not file.is_file()):
        yield
        return
    lock = RunLock(path)
    lock.acquire(lambda locked: check_lease(RunFolder(path), locked=locked))
    try:
        yield
    finally:
        lock.release()
