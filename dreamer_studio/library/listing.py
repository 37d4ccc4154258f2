"""Lists the runs in several folders and in their studies: first the ends of their logs, then the rest."""

from __future__ import annotations

import dataclasses
import os
from collections import deque
from collections.abc import Iterator, Sequence
from pathlib import Path

from dreamer_studio.library.entry import RunEntry
from dreamer_studio.library.reading import Known, Mark, is_run, read_back, read_run
from dreamer_studio.library.sizes import Sizes, measure
from dreamer_studio.library.study_mark import is_study


def list_runs(roots: Sequence[Path]) -> tuple[RunEntry, ...]:
    """List the runs in some folders and in the studies there, newest first, with all tests and sizes.

    Args:
        roots: folders of runs, or runs themselves. A folder that does not exist has none.
    """
    runs = RunList()
    runs.list(roots)
    while runs.read_more():
        pass
    return runs.entries


class RunList:
    """Lists runs, and keeps their facts for the next listing, which reads only what has changed.

    One thread uses the object.
    """

    def __init__(self) -> None:
        self._known: dict[Path, Known] = {}
        self._entries: dict[Path, RunEntry] = {}
        self._sizes: dict[Path, _Size] = {}
        self._unread: deque[Path] = deque()

    @property
    def entries(self) -> tuple[RunEntry, ...]:
        """Return the runs of the last listing, newest first, with everything read since."""
        return tuple(sorted(self._entries.values(), key=lambda entry: (-entry.changed, entry.path)))

    def list(self, roots: Sequence[Path]) -> tuple[RunEntry, ...]:
        """List the runs, newest first. Of new logs only the end is read, and sizes may be missing or old.

        Args:
            roots: as in `list_runs`.
        """
        known: dict[Path, Known] = {}
        self._entries = {}
        for path, study in _run_folders(roots):
            entry, known[path] = read_run(path, self._known.get(path))
            size = None if path not in self._sizes else self._sizes[path].size
            self._entries[path] = dataclasses.replace(entry, study=study, size_bytes=size)
        self._known = known
        self._sizes = {path: size for path, size in self._sizes.items() if path in known}
        entries = self.entries
        self._unread = deque(entry.path for entry in entries)
        return entries

    def read_more(self) -> bool:
        """Read older tests of one log, a block, or add up the files of one run. Return False if nothing is left."""
        while self._unread:
            path = self._unread[0]
            if self._read_back(path):
                return True
            self._unread.popleft()
            if self._measure(path):
                return True
        return False

    def _read_back(self, path: Path) -> bool:
        known = read_back(self._known[path])
        if known is None:
            return False
        self._known[path], read = known, known.entry
        self._entries[path] = dataclasses.replace(
            self._entries[path], last_test=read.last_test, tests=read.tests, last_return=read.last_return
        )
        return True

    def _measure(self, path: Path) -> bool:
        """Add up the sizes of a run's files, unless the run is as it was the last time."""
        marks, before = self._known[path].marks, self._sizes.get(path)
        if before is not None and before.marks == marks:
            return False
        inside: Sizes = {} if before is None else before.inside
        size = self._sizes[path] = _Size(marks, measure(path, inside), inside)
        self._entries[path] = dataclasses.replace(self._entries[path], size_bytes=size.size)
        return True


@dataclasses.dataclass(frozen=True)
class _Size:
    """The size of a run in bytes, the marks of the run when it was measured, and the sizes of its folders."""

    marks: tuple[Mark, ...]
    size: int
    inside: Sizes


def _run_folders(roots: Sequence[Path]) -> Iterator[tuple[Path, str]]:
    """Yield the folder of each run once, even if several paths lead to it, with the name of its study's folder."""
    seen: set[tuple[int, int]] = set()
    for root in roots:
        for path, study in _runs_in(root):
            try:
                found = path.stat()
            except OSError:
                continue
            if (found.st_dev, found.st_ino) not in seen:
                seen.add((found.st_dev, found.st_ino))
                yield path, study


def _runs_in(root: Path) -> Iterator[tuple[Path, str]]:
    """Yield the folders of runs in a folder and in the studies there, but not in the studies of a study.

    Beside each stands the name of its study's folder; empty if the run is in no study.
    """
    if is_run(root):
        yield root, root.parent.name if is_study(root.parent) else ""
        return
    inside = root.name if is_study(root) else ""
    for path in _folders_in(root):
        if is_run(path):
            yield path, inside
        elif not inside and is_study(path):
            yield from ((run, path.name) for run in _folders_in(path) if is_run(run))


def _folders_in(root: Path) -> list[Path]:
    try:
        with os.scandir(root) as entries:
            return sorted(Path(entry.path) for entry in entries if not entry.name.startswith(".") and entry.is_dir())
    except OSError:
        return []
