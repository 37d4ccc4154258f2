"""A file that lines are added to, and that loses none when the disk is full or the file is taken away."""

from __future__ import annotations

import errno
import os
import shutil
from io import FileIO
from pathlib import Path


class LineFile:
    """Lines that cannot be written now are kept, and written first later on. One thread uses it."""

    def __init__(self, path: Path) -> None:
        """Open a file to add to, which need not be there.

        Raises:
            OSError: it cannot be written, or is a link.
        """
        self._path = path
        self._file = _open(path)
        self._waiting = bytearray()

    def add(self, line: bytes) -> None:
        """Take up a line, and write it if that is possible now."""
        self._waiting += line
        try:
            self.flush()
        except OSError:  # `flush` will say so again
            return

    def flush(self) -> None:
        """Write what waits. A line of which a part was written goes on where it broke off.

        Raises:
            OSError: it cannot be written now.
        """
        if not self._waiting:
            return
        self._reopen_if_taken_away()
        while self._waiting:
            del self._waiting[: os.write(self._file.fileno(), self._waiting)]

    def sync(self) -> None:
        """Write what waits, and wait until it is on the disk.

        Raises:
            OSError: it cannot be written now.
        """
        self.flush()
        os.fsync(self._file.fileno())

    def close(self) -> None:
        """Write what can be written, and close the file."""
        self.add(b"")
        self._file.close()

    def _reopen_if_taken_away(self) -> None:
        """Put a file that was deleted or moved away back, with the lines that it had.

        Where its folder is gone as well, that is for a person to mend: nothing is made there.
        """
        ours = os.fstat(self._file.fileno())
        try:
            if os.path.samestat(ours, self._path.lstat()):
                return
        except FileNotFoundError:
            pass
        else:
            raise FileExistsError(errno.EEXIST, "another file took the place of the log", str(self._path))
        anew = _open(self._path)
        try:
            self._file.seek(0)
            shutil.copyfileobj(self._file, anew)
        except OSError:
            self._path.unlink(missing_ok=True)
            anew.close()
            raise
        self._file.close()
        self._file = anew


def _open(path: Path) -> FileIO:
    def without_following(name: str, flags: int) -> int:
        return os.open(name, flags | getattr(os, "O_NOFOLLOW", 0), 0o666)

    return FileIO(path, "a+", opener=without_following)
