"""Reads a run folder into an entry of the list. A later look reads only what has changed."""

from __future__ import annotations

import dataclasses
import os
import time
from dataclasses import dataclass
from pathlib import Path

from dreamer_studio.config import MOST_CONFIG_BYTES, ConfigError
from dreamer_studio.files import UnfitFileError, read_json_object
from dreamer_studio.library.entry import RunEntry, RunState
from dreamer_studio.library.groups.family import family_of
from dreamer_studio.library.labels import read_label
from dreamer_studio.library.log_facts import LogFacts, read_earlier, read_log_facts
from dreamer_studio.resources import is_demo
from dreamer_studio.runs.best import find_best
from dreamer_studio.runs.checkpoint_names import list_checkpoints, progress_of
from dreamer_studio.runs.counters import NO_PART_UPDATES, read_part_updates
from dreamer_studio.runs.errors import RunError
from dreamer_studio.runs.folder import RunFolder
from dreamer_studio.runs.last_failure import read_failure
from dreamer_studio.runs.lock import Holder, find_holder
from dreamer_studio.texts import reason_of

GONE_SECONDS = 600.0
"""A training on a machine whose locks cannot be seen here counts as ended after this silence."""

Mark = tuple[int, int, int, int] | None
"""Number, size, and times of change of content and of permissions of a file or folder; None if there is none."""


@dataclass(frozen=True)
class Known:
    """A run as read at the last look.

    Attributes:
        marks: of the files and folders that were read.
        entry: as if no process held the run.
        log: the facts of the log; None without a log.
    """

    marks: tuple[Mark, ...]
    entry: RunEntry
    log: LogFacts | None


def is_run(path: Path) -> bool:
    """Return whether a folder looks like a run, sound or damaged."""
    folder = RunFolder(path)
    return folder.config_file.is_file() or (folder.metrics_file.is_file() and folder.checkpoints.is_dir())


def read_run(
    path: Path, known: Known | None = None, now: float | None = None, *, pace: bool = True
) -> tuple[RunEntry, Known]:
    """Read a run, or only its changes since `known`. A run that cannot be read is a damaged entry, never an error.

    Of a new log, only the end is read, where tests may be missing; `read_back` adds them.

    Args:
        path: the run's folder.
        known: as returned by the last look.
        now: seconds since 1970; None for the present.
        pace: whether to measure the speed of the training; the same at each look.

    Returns:
        the entry, and `known` for the next look.
    """
    marks = _marks(path)
    if known is None or marks != known.marks:
        known = _read(path, marks, known, pace=pace)
    if known.entry.state is RunState.DAMAGED:
        return known.entry, known
    return _with_holder(known.entry, time.time() if now is None else now), known


def read_back(known: Known) -> Known | None:
    """Add the tests of a block of older rows. Return None if none are missing, or if the log cannot be read."""
    if known.log is None or known.log.complete:
        return None
    try:
        log = read_earlier(RunFolder(known.entry.path).metrics_file, known.log)
    except (UnfitFileError, OSError):  # the next look says why
        return None
    return None if log is None else dataclasses.replace(known, entry=_with_tests(known.entry, log), log=log)


def _marks(path: Path) -> tuple[Mark, ...]:
    folder = RunFolder(path)
    files = (folder.config_file, folder.metrics_file, folder.checkpoints, folder.label_file, folder.failure_file)
    return tuple(_mark(file) for file in files)


def _mark(path: Path) -> Mark:
    try:
        found = os.stat(path, follow_symlinks=False)  # noqa: PTH116  (a Path takes twice as long)
    except OSError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns


def _read(path: Path, marks: tuple[Mark, ...], known: Known | None, *, pace: bool) -> Known:
    label = read_label(path)
    entry = RunEntry(path, label.name or path.name, note=label.note, example=is_demo(path))
    before = known.log if known is not None else None
    log = None
    try:
        config = RunFolder(path).read()
        entry = dataclasses.replace(
            entry,
            task=config.task,
            preset=config.preset,
            config=config,
            family=family_of(config),
            steps=config.steps,
        )
        if entry.example and not label.name:
            entry = dataclasses.replace(entry, name=f"Example: {config.task.partition(':')[2]}")
        if marks[1] is not None:
            log = read_log_facts(RunFolder(path).metrics_file, before, pace=pace)
        checkpoints = list_checkpoints(RunFolder(path).checkpoints)
        part_updates = read_part_updates(checkpoints[-1]) if checkpoints else NO_PART_UPDATES
        entry = dataclasses.replace(entry, best=find_best(checkpoints), part_updates=part_updates)
        problem = _damage(path, log, checkpoints)
    except (ConfigError, RunError, UnfitFileError, OSError) as error:
        return Known(marks, _damaged(entry, marks, reason_of(error)), None)
    if problem:
        entry = dataclasses.replace(entry, state=RunState.DAMAGED, problem=problem)
    saved = progress_of(checkpoints[-1])[0] if checkpoints else 0
    return Known(marks, _with_log(entry, marks, log, saved), log)


def _damaged(entry: RunEntry, marks: tuple[Mark, ...], problem: str) -> RunEntry:
    """Return the entry of a damaged run, with as much of its configuration as can be read."""
    values = read_json_object(RunFolder(entry.path).config_file, MOST_CONFIG_BYTES)
    task, preset = (str(values.get(name, ""))[:100] for name in ("task", "preset"))
    changed = max((mark[2] / 1e9 for mark in marks if mark is not None), default=0.0)
    return dataclasses.replace(
        entry,
        task=entry.task or task,
        preset=entry.preset or preset,
        state=RunState.DAMAGED,
        problem=problem,
        changed=changed,
        created=changed,
    )


def _damage(path: Path, log: LogFacts | None, checkpoints: list[Path]) -> str:
    """Return why the run cannot be resumed, in a line; empty if nothing seems wrong."""
    folder = RunFolder(path)
    if log is not None and not folder.checkpoints.is_dir():
        return "its checkpoints are gone: put the folder checkpoints back"
    whole = (all((each / name).is_file() for name in ("state.json", "weights.safetensors")) for each in checkpoints)
    if checkpoints and not any(whole):
        return "none of its checkpoints is whole"
    return ""


def _with_log(entry: RunEntry, marks: tuple[Mark, ...], log: LogFacts | None, saved: int) -> RunEntry:
    """Add how far the run is, and its state as if no process held it."""
    begun = marks[0][2] / 1e9 if marks[0] is not None else 0.0
    if log is None or not log.last.kind:
        state = entry.state if entry.state is RunState.DAMAGED or not saved else RunState.STOPPED
        return dataclasses.replace(entry, step=saved, state=state, changed=begun, created=begun)
    step = max(log.last.step, saved)
    entry = dataclasses.replace(
        _with_tests(entry, log),
        step=step,
        steps_per_s=log.steps_per_s,
        changed=log.last.time,
        created=log.first_time,
    )
    if entry.state is RunState.DAMAGED:
        return entry
    failure = read_failure(RunFolder(entry.path))
    if failure:
        return dataclasses.replace(entry, state=RunState.FAILED, problem=failure)
    return dataclasses.replace(entry, state=RunState.FINISHED if step >= entry.steps else RunState.STOPPED)


def _with_tests(entry: RunEntry, log: LogFacts) -> RunEntry:
    tests = tuple(test.mean for test in log.whole_tests)
    last_test = tests[-1] if tests else None
    return dataclasses.replace(entry, last_test=last_test, tests=tests, last_return=log.last_return)


def _with_holder(entry: RunEntry, now: float) -> RunEntry:
    """Add the process that trains the run, which can change while no other file does."""
    try:
        holder = find_holder(entry.path)
    except (UnfitFileError, OSError) as error:
        return dataclasses.replace(entry, holder=None, state=RunState.DAMAGED, problem=reason_of(error))
    return _held(entry, holder, now)


def _last_sign(path: Path) -> float:
    """Return when the trainer last wrote its status, which it does even while it is paused; 0 without a status."""
    mark = _mark(RunFolder(path).status_file)
    return mark[2] / 1e9 if mark is not None else 0.0


def _held(entry: RunEntry, holder: Holder | None, now: float) -> RunEntry:
    if holder is None:
        return dataclasses.replace(entry, holder=None)
    entry = dataclasses.replace(entry, holder=holder)
    if entry.held and entry.state in {RunState.FINISHED, RunState.FAILED}:
        return entry  # a window still shows it
    silent = now - max(entry.changed, holder.since, _last_sign(entry.path))
    if holder.held or (holder.held is None and silent < GONE_SECONDS):
        state = RunState.TRAINING_HERE if holder.here else RunState.TRAINING_ELSEWHERE
        return dataclasses.replace(entry, state=state, problem="")
    if not holder.here and silent < GONE_SECONDS:
        return dataclasses.replace(entry, state=RunState.TRAINING_ELSEWHERE, problem="")
    if entry.state is not RunState.STOPPED:
        return entry
    return dataclasses.replace(entry, problem=f"{holder} ended without closing the run")
