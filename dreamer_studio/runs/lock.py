"""One trainer a run folder: a lock that the kernel frees when its process ends, however it ends."""

from __future__ import annotations

import contextlib
import logging
import os
import platform
import shlex
import stat
import sys
from pathlib import Path

from dreamer_studio.runs.errors import RunError, RunLockedError

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

FILE = "lock"
FAR_AWAY = 2**30  # what is locked on Windows cannot be read either, and the text is to be

_log = logging.getLogger(__name__)


class RunLock:
    """Held while a run trains. Its file says who holds it, for people; whether it is held, only the kernel knows.

    So the text that a killed process left behind is no lock, whatever process has its number by now.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._descriptor: int | None = None

    def acquire(self) -> None:
        """Take the lock of a folder that is there; one that is held by this object already is no error.

        Raises:
            RunLockedError: a trainer holds it; the message has its process's number.
            RunError: what lies in the file's place is none.
            OSError: the file cannot be written.
        """
        if self._descriptor is not None:
            return
        path = self._folder / FILE
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o644)
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            os.close(descriptor)
            raise RunError(f"{path} is not a file: take it away")
        try:
            _lock(descriptor)
        except (BlockingIOError, PermissionError):
            holder = _read(descriptor)
            os.close(descriptor)
            raise RunLockedError(
                f"{self._folder} is being trained by {_in_words(holder)}; end that one first, or look on: "
                f"dreamer-studio --run {shlex.quote(str(self._folder))} --watch"
            ) from None
        except OSError as error:  # a file system without locks must not keep anybody from training
            _log.warning("%s cannot be locked against a second trainer: %s", self._folder, error)
        self._descriptor = descriptor
        _write(descriptor, f"{os.getpid()} {platform.node()}\n")

    def release(self) -> None:
        """Give it back; it may be another's at once. One that is not held is no error."""
        if self._descriptor is None:
            return
        descriptor, self._descriptor = self._descriptor, None
        with contextlib.suppress(OSError):  # the disk may be full or gone; closing gives the lock back all the same
            _write(descriptor, "")
        os.close(descriptor)


def _lock(descriptor: int) -> None:
    """Lock an open file without waiting; closing it unlocks it."""
    if sys.platform == "win32":
        os.lseek(descriptor, FAR_AWAY, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
    else:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _read(descriptor: int) -> str:
    os.lseek(descriptor, 0, os.SEEK_SET)
    return os.read(descriptor, 300).decode(errors="replace")


def _write(descriptor: int, text: str) -> None:
    os.ftruncate(descriptor, 0)
    os.lseek(descriptor, 0, os.SEEK_SET)
    os.write(descriptor, text.encode())


def _in_words(holder: str) -> str:
    pid, _, host = holder.strip().partition(" ")
    if not pid:
        return "another process"
    return f"process {pid}" if host in {"", platform.node()} else f"process {pid} on {host}"
