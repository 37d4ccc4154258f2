"""A trainer's hold of a run: its lock on this machine, its fence among all machines, and its heartbeat."""

from __future__ import annotations

import shlex

from dreamer_studio.runs.errors import RunLockedError
from dreamer_studio.runs.folder import RunFolder
from dreamer_studio.runs.lease import status
from dreamer_studio.runs.lease.fence import Fence, take_fence
from dreamer_studio.runs.lease.heartbeat import Heartbeat, Said
from dreamer_studio.runs.lease.owner import Owner
from dreamer_studio.runs.lock import RunLock


class Hold:
    """Held while a run is open for training. Until `take`, nothing is checked, reported or written.

    Any thread may use `check` and `lost`; one thread uses everything else.

    Args:
        folder: the run, which need not exist before `take`.
    """

    def __init__(self, folder: RunFolder) -> None:
        self._folder = folder
        self._lock = RunLock(folder.path)
        self._fence: Fence | None = None
        self._heartbeat: Heartbeat | None = None

    @property
    def lost(self) -> bool:
        """Return whether another trainer took over, as the last check found; the heartbeat checks too."""
        return self._fence is not None and self._fence.lost

    def take(self) -> None:
        """Take hold of an existing folder. Does nothing if this object holds it already.

        Raises:
            RunLockedError: another trainer holds it here, or holds it elsewhere and is not silent.
            RunError, OSError: as `RunLock.acquire`.
        """
        if self._fence is not None:
            return
        self._lock.acquire(lambda locked: check_lease(self._folder, locked=locked))
        owner = Owner()
        self._fence = take_fence(self._folder, owner)
        self._folder.clear_unfinished()  # so that no write of an earlier trainer ends after this
        self._heartbeat = Heartbeat(self._folder, owner, self._fence)
        self._heartbeat.start()

    def check(self) -> None:
        """Make sure, before each write, that no other trainer took over.

        Raises:
            RunTakenOverError, OSError: as `Fence.check`.
        """
        if self._fence is not None:
            self._fence.check()

    def say(self, said: Said) -> None:
        """Pass the trainer's report about itself to the heartbeat."""
        if self._heartbeat is not None:
            self._heartbeat.say(said)

    def release(self, error: str = "") -> None:
        """Release the run; another trainer may take it at once. Does nothing if it is not held.

        Args:
            error: why the run could not be opened; empty if it could.
        """
        if self._heartbeat is not None:
            self._heartbeat.stop(error)
            self._heartbeat = None
        self._lock.release(keep_name=self.lost)


def check_lease(folder: RunFolder, *, locked: bool) -> None:
    """Refuse a run whose trainer gave a sign of life within the last `LEASE_SECONDS`.

    Args:
        folder: the run.
        locked: whether this process has the lock of the run. If so, an earlier trainer on this machine has ended, no
            matter how new its last sign of life is.

    Raises:
        RunLockedError: with the trainer's machine and the age of its last sign of life.
    """
    found = status.read_status(folder.path)
    if found is None or not found.held or (locked and found.owner.here):
        return
    left = status.LEASE_SECONDS - found.silent_for
    if left <= 0:
        return
    raise RunLockedError(
        f"{folder.path} is being trained by {found.owner}, whose last sign of life is {found.silent_for:.0f} s old",
        f"watch it: dreamer-studio --run {shlex.quote(str(folder.path))} --watch. If that process has ended, try again "
        f"in {left:.0f} s",
    )
