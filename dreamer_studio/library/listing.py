"""Lists the runs in several folders and in their studies. A second listing reads only what has changed."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from dreamer_studio.library.entry import RunEntry
from dreamer_studio.library.reading import Known, is_run, read_run
from dreamer_studio.library.sizes import Sizes, measure
from dreamer_studio.library.study_mark import is_study


def list_runs(roots: Sequence[Path]) -> tuple[RunEntry, ...]:
    """List the runs in some folders and in the studies there, newest first, with their sizes.

    Args:
        roots: folders of runs, or runs themselves. A folder that does not exist has none.
    """
    return RunList().list(roots)


class RunList:
    """Lists runs, and keeps their facts for the next listing. One thread uses the object."""

    def __init__(self) -> None:
        self._known: dict[Path, Known] = {}
        self._sizes: dict[Path, tuple[Known, int, Sizes]] = {}

    def list(self, roots: Sequence[Path], *, quick: bool = False) -> tuple[RunEntry, ...]:
        """List the runs, newest first.

        Args:
            roots: as in `list_runs`.
            quick: whether to read only the end of each new log, where tests may be missing, and to measure no sizes.
        """
        found: dict[Path, Known] = {}
        entries = []
        for path, study in _run_folders(roots):
            entry, found[path] = read_run(path, self._known.get(path), quick=quick)
            size = self._size(path, found[path], measured=not quick)
            entries.append(dataclasses.replace(entry, study=study, size_bytes=size))
        self._known = found
        self._sizes = {path: kept for path, kept in self._sizes.items() if path in found}
        return tuple(sorted(entries, key=lambda entry: (-entry.changed, entry.path)))

    def _size(self, path: Path, known: Known, *, measured: bool) -> int | None:
        kept = self._sizes.get(path)
        if measured and (kept is None or kept[0].marks != known.marks):
            inside: Sizes = kept[2] if kept is not None else {}
            kept = self._sizes[path] = (known, measure(path, inside), inside)
        return kept[1] if kept is not None else None


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
