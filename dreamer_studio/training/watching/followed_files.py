"""Notices another process's writes into a run folder: rows of the log, episodes and settings.

Only sizes and times of files are compared: events of the file system do not cross a network. So a local folder, a copy
that grows and a mounted folder all work. A file is read only when it has changed, and nothing is written.
"""

from __future__ import annotations

from pathlib import Path

from dreamer_studio.replay import EpisodeIndex, EpisodeList
from dreamer_studio.runs.folder import RunFolder
from dreamer_studio.runs.history import RowHistory
from dreamer_studio.runs.metrics_tail import LogTail
from dreamer_studio.runs.rows import Row

SETTLING_LOOKS = 3
"""Looks that list a folder again after a change, because its time may be too coarse to show the next change."""

Mark = tuple[int, ...]
"""Changes whenever a file or folder changes: its inode, time and size. Empty if it does not exist."""


class FollowedEpisodes:
    """The stored episodes of a run, for the counts of its status.

    Args:
        folder: the folder of the episodes.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._index = EpisodeIndex(folder, ram_bytes=0)
        self._mark: Mark | None = None
        self._settling = 0
        self.list: EpisodeList = self._index.refresh()
        self.steps = int(self.list.steps_of_each.sum())

    def __len__(self) -> int:
        """Return how many episodes are stored."""
        return len(self.list)

    @property
    def newest(self) -> int:
        """Return the number of the newest episode; -1 if there is none."""
        return self.list.newest

    @property
    def cached_bytes(self) -> int:
        """Return the memory that contents of files take: none are kept here."""
        return 0

    def look(self) -> bool:
        """List the folder if it may have changed. Return whether episodes were added or removed.

        Raises:
            ReplayError: there are files of an earlier format.
            OSError: the folder cannot be read.
        """
        mark = mark_of(self._folder)
        if mark != self._mark:
            self._mark, self._settling = mark, SETTLING_LOOKS
        if not self._settling:
            return False
        self._settling -= 1
        found = self._index.refresh()
        if found is self.list:
            return False
        self.list, self.steps = found, int(found.steps_of_each.sum())
        return True


class FollowedFiles:
    """Finds new rows, episodes and settings in a run folder. One thread uses the object.

    Attributes:
        episodes: the stored episodes.

    Args:
        folder: the run.

    Raises:
        ReplayError: there are episodes of an earlier format.
        UnfitFileError: the log is no ordinary file.
        OSError: the folder cannot be read.
    """

    def __init__(self, folder: RunFolder) -> None:
        self._folder = folder
        self._log = LogTail(folder.metrics_file)
        self._log.read()
        self._config = mark_of(folder.config_file)
        self.episodes = FollowedEpisodes(folder.episodes)

    @property
    def history(self) -> RowHistory[Row]:
        """Return the rows of the log. Another object takes its place when the log was rewritten."""
        return self._log.history

    def look(self) -> bool:
        """Read new rows and list new episodes. Return whether there were any.

        Raises:
            ReplayError, UnfitFileError, OSError: as in the constructor; the next look tries again.
        """
        rows = self._log.read()
        return self.episodes.look() or rows

    def config_changed(self) -> bool:
        """Return whether the configuration was written since the last call."""
        before, self._config = self._config, mark_of(self._folder.config_file)
        return before != self._config


def mark_of(path: Path) -> Mark:
    """Return the mark of a file or folder."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return ()
    return found.st_ino, found.st_mtime_ns, found.st_size
