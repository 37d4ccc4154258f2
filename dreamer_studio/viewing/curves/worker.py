"""Reads the logs of other runs while they grow, and lists runs to choose from. Needs no torch."""

from __future__ import annotations

from pathlib import Path

from dreamer_studio.config import ConfigError
from dreamer_studio.files import UnfitFileError
from dreamer_studio.library.entry import RunEntry
from dreamer_studio.library.groups.family import family_of
from dreamer_studio.library.listing import RunList
from dreamer_studio.library.roots import runs_folders
from dreamer_studio.runs.best import find_best
from dreamer_studio.runs.checkpoint_names import list_checkpoints, progress_of
from dreamer_studio.runs.errors import InputError
from dreamer_studio.runs.folder import RunFolder
from dreamer_studio.runs.metrics_tail import LogTail
from dreamer_studio.session import Session
from dreamer_studio.session.log_reader import LogReader
from dreamer_studio.viewing.channel import Channel
from dreamer_studio.viewing.curves.messages import CurvesResult, KeptCheckpoint, LoggedRun
from dreamer_studio.viewing.throttle import Throttle

LOOK_SECONDS = 1.0
"""Time between two looks at the folders."""


class LogsWorker:
    """Follows the logs of the requested runs, and lists the checkpoints of the open run."""

    def __init__(self, session: Session, channel: Channel[tuple[Path, ...], CurvesResult]) -> None:
        self.channel = channel
        self._session = session
        self._due = Throttle(LOOK_SECONDS)
        self._generation = 0
        self._followed: dict[Path, _Followed] = {}
        self._answered: tuple[object, ...] | None = None
        self._listed: list[Path] = []
        self._checkpoints: tuple[KeptCheckpoint, ...] = ()

    def turn(self) -> bool:
        """Look at the folders once a second, and return whether something has changed."""
        taken = self.channel.take()
        if taken is not None:
            self._generation, folders = taken
            self._answered = None
            self._followed = {folder: self._followed.get(folder) or _Followed(folder) for folder in folders}
        if not self.channel.wants(self._generation) or not (taken is not None or self._due()):
            return False
        new_rows = [run.read() for run in self._followed.values()]
        runs = tuple(run.run for run in self._followed.values())
        self._list_checkpoints(self._session.status.get().folder)
        if (runs, self._checkpoints) != self._answered:
            self.channel.answer(self._generation, CurvesResult(runs, self._checkpoints), done=False)
            self._answered = runs, self._checkpoints
            return True
        return any(new_rows)

    def _list_checkpoints(self, folder: Path) -> None:
        """List the checkpoints of a run. Their tests are read only if the list changes: a checkpoint never changes."""
        try:
            paths = list_checkpoints(RunFolder(folder).checkpoints)
        except OSError:
            paths = []
        if paths == self._listed:
            return
        best = find_best(paths)
        self._listed = paths
        self._checkpoints = tuple(
            KeptCheckpoint(path, *progress_of(path), best is not None and path == best.path) for path in paths
        )


class RunsWorker:
    """Lists the runs beside the open one, and those in the folders of runs."""

    def __init__(self, session: Session, channel: Channel[None, tuple[RunEntry, ...]]) -> None:
        self.channel = channel
        self._session = session
        self._list = RunList()

    def turn(self) -> bool:
        """List the runs if there is a request, and return whether there was one."""
        taken = self.channel.take()
        if taken is None:
            return False
        own = self._session.status.get().folder.resolve()
        listed = self._list.list(tuple(dict.fromkeys((own.parent, *runs_folders()))))
        self.channel.answer(taken[0], tuple(entry for entry in listed if entry.path.resolve() != own))
        return True


class _Followed:
    """A run whose log is read.

    Attributes:
        run: the run as it is published.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = RunFolder(folder)
        self._tail = LogTail(self._folder.metrics_file)
        self._handed = self._tail.history
        self.run = LoggedRun(folder, LogReader())
        self.run.log.take(self._handed)

    def read(self) -> bool:
        """Read new rows, and return whether there were any."""
        problem, repeat, family, read = "", self.run.action_repeat, self.run.family, False
        try:
            config = self._folder.read()
            repeat, family = config.action_repeat, family_of(config)
            read = self._tail.read()
        except (InputError, ConfigError, UnfitFileError, OSError) as error:
            problem = f"{self._folder.path.name} cannot be read: {error}"
        if self._tail.history is not self._handed:
            self._handed = self._tail.history
            self.run.log.take(self._handed)
        gone = bool(problem) and not self._folder.path.exists()
        run = self.run
        if (problem, repeat, gone, family) != (run.problem, run.action_repeat, run.gone, run.family):
            self.run = LoggedRun(run.folder, run.log, repeat, problem, gone, family)
        return read
