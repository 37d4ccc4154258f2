"""The lock of a run folder: one trainer at a time. The kernel frees the lock however the process ends.

Some file systems have no locks, or locks that only this machine sees. There, `runs/lease/` keeps trainers apart.
"""

from __future__ import annotations

import contextlib
import dataclasses
import logging
import os
import platform
import shlex
import stat
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from dreamer_studio.files import check_file
from dreamer_studio.runs.errors import RunError, RunLockedError
from dreamer_studio.runs.lease.owner import Owner

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

FILE = "lock"
FAR_AWAY = 2**30  # Windows forbids reading locked bytes, and the text must stay readable
TRIES = 5  # to take the lock, which a look of another process holds for a moment
WAIT_SECONDS = 0.02  # between two tries
_MOST_BYTES = 300

_log = logging.getLogger(__name__)


class RunLock:
    """Held while a run trains.

    The text in the file tells people who holds the lock. The lock itself is in the kernel, so the text that a killed
    process left behind locks nothing, even if another process has its number by now.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._descriptor: int | None = None

    def acquire(self, check: Callable[[bool], None] = lambda locked: None) -> None:
        """Take the lock of an existing folder. Does nothing if this object holds it already.

        Args:
            check: called before the file names this process; its argument says whether the file system has locks. If
                it raises, the lock is not taken.

        Raises:
            RunLockedError: another trainer holds it; the message has the number of its process.
            RunError: something that is not a file lies in its place.
            OSError: the file cannot be written.
        """
        if self._descriptor is not None:
            return
        descriptor = _open(self._folder / FILE)
        try:
            check(self._take(descriptor))
        except BaseException:
            os.close(descriptor)
            raise
        self._descriptor = descriptor
        _write(descriptor, f"{os.getpid()} {platform.node()}\n")

    def release(self, *, keep_name: bool = False) -> None:
        """Release the lock; another process may take it at once. Does nothing if it is not held.

        Args:
            keep_name: whether to leave the file as it is, because by now it names another process.
        """
        if self._descriptor is None:
            return
        descriptor, self._descriptor = self._descriptor, None
        if not keep_name:
            with contextlib.suppress(OSError):  # the disk may be full or gone; closing releases the lock anyway
                _write(descriptor, "")
        os.close(descriptor)

    def _take(self, descriptor: int) -> bool:
        """Lock an open file. Return False on a file system without locks, which must not prevent training."""
        try:
            _lock_patiently(descriptor)
        except (BlockingIOError, PermissionError):
            raise RunLockedError(
                f"{self._folder} is being trained by {_named(descriptor, held=True) or 'another process'}",
                f"end that training first, or watch it: dreamer-studio --run {shlex.quote(str(self._folder))} --watch",
            ) from None
        except OSError as error:
            _log.info("%s has no locks (%s): its status file keeps other trainers away", self._folder, error)
            return False
        return True


@dataclass(frozen=True)
class Holder:
    """The process named in a lock.

    Attributes:
        pid: number of the process.
        host: name of its machine.
        since: when the process took the lock, in seconds since 1970.
        held: whether the lock is held. If not, the process ended without letting go, or runs on a machine whose locks
            cannot be seen here. None if the file system has no locks.
    """

    pid: int
    host: str
    since: float
    held: bool | None

    def __str__(self) -> str:
        return str(self.owner)

    @property
    def owner(self) -> Owner:
        """Return the process."""
        return Owner(self.host, self.pid)

    @property
    def here(self) -> bool:
        """Return whether the process runs, or ran, on this machine."""
        return self.owner.here

    @property
    def ours(self) -> bool:
        """Return whether this very process holds the lock."""
        return self.here and self.held is not False and self.pid == os.getpid()


def find_holder(folder: Path) -> Holder | None:
    """Return the process named in a run's lock, or None if the last one let go of the lock.

    A look shares the lock for some microseconds, and only if a process is named in it. `RunLock.acquire` waits longer
    than that, so looks disturb no trainer.

    Raises:
        UnfitFileError: something that is not a file lies in the lock's place.
        OSError: the file cannot be read.
    """
    path = folder / FILE
    try:
        check_file(path, _MOST_BYTES)
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
    except FileNotFoundError:
        return None
    try:
        named = _named(descriptor, held=None)
        return None if named is None else dataclasses.replace(named, held=_is_held(descriptor))
    finally:
        os.close(descriptor)


def _open(path: Path) -> int:
    """Open the file of a lock, or create it.

    Raises:
        RunError: something that is not a file lies in its place.
        OSError: it cannot be opened.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o644)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise RunError(f"{path} is not a file: remove it")
    return descriptor


def _named(descriptor: int, *, held: bool | None) -> Holder | None:
    """Return the process that the text of an open lock names, or None if there is no such text."""
    os.lseek(descriptor, 0, os.SEEK_SET)
    text = os.read(descriptor, _MOST_BYTES).decode(errors="replace")
    pid, _, host = text.strip().partition(" ")
    return Holder(int(pid), host.strip(), os.fstat(descriptor).st_mtime, held) if pid.isdecimal() else None


def _is_held(descriptor: int) -> bool | None:
    """Return whether an open file is locked, None if the file system cannot tell. Closing the file ends the look."""
    try:
        _lock_patiently(descriptor, shared=True)
    except (BlockingIOError, PermissionError):
        return True
    except OSError:
        return None
    return False


def _lock_patiently(descriptor: int, *, shared: bool = False) -> None:
    """Lock an open file. Try again for as long as a look of another process may take."""
    for left in reversed(range(TRIES)):
        try:
            _lock(descriptor, shared=shared)
        except (BlockingIOError, PermissionError):
            if not left or (shared and sys.platform != "win32"):
                raise
            time.sleep(WAIT_SECONDS)
        else:
            return


def _lock(descriptor: int, *, shared: bool) -> None:
    """Lock an open file without waiting. Closing the file unlocks it. On Windows no lock is shared."""
    if sys.platform == "win32":
        os.lseek(descriptor, FAR_AWAY, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
    else:
        fcntl.flock(descriptor, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)


def _write(descriptor: int, text: str) -> None:
    os.ftruncate(descriptor, 0)
    os.lseek(descriptor, 0, os.SEEK_SET)
    os.write(descriptor, text.encode())
