"""Reads the bookmarks of a run, which several windows may write, and the hard moments, which the training writes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dreamer_studio.replay.bookmarks import BookmarkError, Bookmarks, read_bookmarks
from dreamer_studio.replay.hard_moments import (
    HardMoments,
    HardMomentsError,
    Keys,
    read_hard_moments,
    read_removed,
)
from dreamer_studio.runs.folder import RunFolder
from dreamer_studio.session import Session
from dreamer_studio.viewing.channel import Channel, Commands
from dreamer_studio.viewing.replay.messages import BookmarkList, ReplayCommand
from dreamer_studio.viewing.replay.moment_bookmarks import moments_to_list
from dreamer_studio.viewing.scene.source import SceneSource
from dreamer_studio.viewing.throttle import Throttle

LOOK_SECONDS = 1.0  # between checks for changes by another window
Stamp = tuple[tuple[int, int] | None, ...]
"""Changes with any of the files: time and size of each, None for a missing file."""

NOT_SEEN: Stamp = ()
"""No stamp: read the files at the next check."""


class BookmarkReader:
    """Keeps the list of bookmarks and hard moments up to date."""

    def __init__(
        self,
        session: Session,
        source: SceneSource,
        channel: Channel[None, BookmarkList],
        commands: Commands[ReplayCommand],
        *,
        look_seconds: float = LOOK_SECONDS,
    ) -> None:
        """Begin with no bookmarks.

        Args:
            session: the run.
            source: finds the episodes.
            channel: the standing request.
            commands: the queue that tells the user if the file cannot be read.
            look_seconds: time between checks of the file.
        """
        self.channel = channel
        self._session = session
        self._source = source
        self._commands = commands
        self._due = Throttle(look_seconds)
        self._generation = 0
        self._seen = NOT_SEEN
        self._trouble = ""
        self._damage = ""
        self._bookmarks: Bookmarks | None = None
        self._told: BookmarkList | None = None

    def turn(self) -> bool:
        """Check the bookmarks and their episodes, and return whether they have changed."""
        taken = self.channel.take()
        if taken is not None:
            self._generation, self._seen, self._told = taken[0], NOT_SEEN, None
        if not self.channel.wants(self._generation) or not (taken is not None or self._due()):
            return False
        folder = self._folder
        seen = _stamps(folder)
        if seen != self._seen:
            self._seen = seen
            self._read(folder)
        return self._tell()

    def show(self, bookmarks: Bookmarks) -> None:
        """Show bookmarks that have just been written, and the hard moments."""
        folder = self._folder
        self._seen = _stamps(folder)
        self._bookmarks = (*bookmarks, *self._moments(folder, bookmarks))
        self._tell()

    @property
    def _folder(self) -> RunFolder:
        return RunFolder(self._session.status.get().folder)

    def _read(self, folder: RunFolder) -> None:
        """Read the files. If the disk cannot be read now, keep the bookmarks on show; the next check tries again."""
        trouble, path = "", folder.bookmarks
        try:
            bookmarks = read_bookmarks(path)
            self._bookmarks = (*bookmarks, *self._moments(folder, bookmarks))
        except BookmarkError as error:
            self._bookmarks = self._moments(folder, ())
            self._commands.reply(f"{error}. It is set aside when the next bookmark is saved.", bad=True)
        except OSError as error:
            self._seen, trouble = NOT_SEEN, not_now(path, error)
            if trouble != self._trouble:
                self._commands.reply(trouble, bad=True)
        self._trouble = trouble

    def _moments(self, folder: RunFolder, bookmarks: Bookmarks) -> Bookmarks:
        """Return the hard moments to list. A file that cannot be read counts as empty; say so once."""
        moments: HardMoments = ()
        removed: Keys = frozenset()
        damage = []
        try:
            try:
                moments = read_hard_moments(folder.hard_moments)
            except HardMomentsError as error:
                damage.append(f"{error}. No hard moments are listed.")
            try:
                removed = read_removed(folder.removed_moments)
            except HardMomentsError as error:
                damage.append(f"{error}. Removed moments are listed again; the next removal sets the file aside.")
        except OSError:
            self._seen = NOT_SEEN
            moments = ()
        said = " ".join(damage)
        if said and said != self._damage:
            self._commands.reply(said, bad=True)
        self._damage = said
        return moments_to_list(moments, removed, bookmarks)

    def _tell(self) -> bool:
        """Answer with the bookmarks and the stored episodes, if either has changed."""
        bookmarks, told = self._bookmarks, self._told
        if bookmarks is None:
            return False
        numbers: NDArray[np.int64] = self._source.episodes().numbers if bookmarks else np.empty(0, np.int64)
        if told is not None and told.bookmarks is bookmarks and np.array_equal(told.numbers, numbers):
            return False
        told = BookmarkList(bookmarks, numbers)
        self.channel.answer(self._generation, told, done=False)
        self._told = told
        return True


def not_now(path: Path, error: OSError) -> str:
    """Return a sentence that a file cannot be read at the moment."""
    return f"{path.name} cannot be read just now ({error.strerror or error}); it stays as it is"


def _stamps(folder: RunFolder) -> Stamp:
    return tuple(_stamp(path) for path in (folder.bookmarks, folder.hard_moments, folder.removed_moments))


def _stamp(path: Path) -> tuple[int, int] | None:
    """Return a stamp that changes with the file, or None without a file."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size
