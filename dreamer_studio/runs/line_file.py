"""A file of lines that loses no line when the disk is full or the file is deleted."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Callable
from io import FileIO
from pathlib import Path


class LineFile:
    """Appends lines. Keeps those that cannot be written now, and writes them first later. Used by one thread."""

    def __init__(self, path: Path, check: Callable[[], None] = lambda: None) -> None:
        """Open a file for appending, and create it if it does not exist.

        Args:
            path: the file.
            check: called before each write. An exception from it prevents the write.

        Raises:
            OSError: the file cannot be written, or is a link.
        """
        self._path = path
        self._check = check
        self._file = _open(path)
        self._waiting = bytearray()

    def add(self, line: bytes) -> None:
        """Add a line, and write it if that is possible now."""
        self._waiting += line
        try:
            self.flush()
        except OSError:  # the next `flush` raises it
            return

    def flush(self) -> None:
        """Write the lines that wait. A partly written line continues where it broke off.

        Raises:
            OSError: they cannot be written now.
        """
        if not self._waiting:
            return
        self._check()
        self._reopen_if_taken_away()
        while self._waiting:
            del self._waiting[: os.write(self._file.fileno(), self._waiting)]

    def sync(self) -> None:
        """Write the lines that wait, and return when they are on the disk.

        Raises:
            OSError: they cannot be written now.
        """
        self.flush()
        os.fsync(self._file.fileno())

    def close(self) -> None:
        """Write the lines that can be written, and close the file."""
        try:
            self.add(b"")
        finally:
            self._file.close()

    def _reopen_if_taken_away(self) -> None:
        """Restore a file that was deleted or moved, with all its lines.

        If the folder is gone as well, raise: the user has to put the folder back.
        """
        ours = os.fstat(self._file.fileno())
        try:
            if os.path.samestat(ours, self._path.lstat()):
                return
        except FileNotFoundError:
            pass
        else:
            raise FileExistsError(errno.EEXIST, "another file took the place of the log", str(self._path))
        restored = _open(self._path)
        try:
            self._file.seek(0)
            shutil.copyfileobj(self._file, restored)
        except OSError:
            self._path.unlink(missing_ok=True)
            restored.close()
            raise
        self._file.close()
        self._file = restored


def _open(path: Path) -> FileIO:
    def without_following(name: str, flags: int) -> int:
        return os.open(name, flags | getattr(os, "O_NOFOLLOW", 0), 0o666)

    return FileIO(path, "a+", opener=without_following)
