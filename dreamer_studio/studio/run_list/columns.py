"""The columns of the list of runs: headings, order, and the text of a run or a group of seeds in each."""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum
from typing import Any, Final

from dreamer_studio.library.entry import RunEntry, RunState
from dreamer_studio.library.groups.grouping import RunGroup
from dreamer_studio.studio.run_list.run_words import age_words, return_words
from dreamer_studio.texts import rounded, size_words


class Column(IntEnum):
    """The columns of the list."""

    TICK = 0
    NAME = 1
    PRESET = 2
    STEPS = 3
    TEST = 4
    BEST = 5
    CURVE = 6
    SPEED = 7
    STATE = 8
    AGE = 9
    SIZE = 10


HEADINGS: Final = {
    Column.TICK: ("", "Tick runs to compare them"),
    Column.NAME: ("Name", "Study, if any, and name: yours, or that of the folder; the task is below"),
    Column.PRESET: ("Preset", "The preset of the settings"),
    Column.STEPS: ("Steps", "Environment steps so far; of a group, those of the run with the fewest"),
    Column.TEST: (
        "Test return",
        "Mean return of the newest test, without exploration; of a group, the interquartile mean over its runs",
    ),
    Column.BEST: (
        "Best",
        "Highest mean return of a test, which is biased upward; of a group, the highest of all its runs",
    ),
    Column.CURVE: ("Tests", "The last tests, oldest on the left, each curve on its own scale"),
    Column.SPEED: ("Steps/s", "Environment steps per second in the last minutes; of a group, of all its runs together"),
    Column.STATE: ("State", "Whether a process trains the run and where, and how it ended"),
    Column.AGE: ("Last", "Time since the run last wrote into its log"),
    Column.SIZE: ("Size", "Size of all files of the run"),
}
RIGHT: Final = {Column.STEPS, Column.TEST, Column.BEST, Column.SPEED, Column.SIZE}

_ORDER: Final = list(RunState)
SORT_KEYS: Final[dict[Column, Callable[[RunEntry], Any]]] = {
    Column.NAME: lambda entry: entry.title.casefold(),
    Column.PRESET: lambda entry: entry.preset,
    Column.STEPS: lambda entry: entry.step,
    Column.TEST: lambda entry: float("-inf") if entry.last_test is None else entry.last_test,
    Column.BEST: lambda entry: float("-inf") if entry.best_test is None else entry.best_test,
    Column.CURVE: lambda entry: len(entry.tests),
    Column.SPEED: lambda entry: entry.steps_per_s if entry.state.training and entry.steps_per_s else 0.0,
    Column.STATE: lambda entry: _ORDER.index(entry.state),
    Column.AGE: lambda entry: -entry.changed,
    Column.SIZE: lambda entry: entry.size_bytes or 0,
}
"""Columns that sort, with the value of a run."""


def run_text(entry: RunEntry, column: Column, now: float) -> str:
    """Return the text of a run in a column; empty for a column that is painted.

    Args:
        entry: the run.
        column: the column.
        now: seconds since 1970.
    """
    match column:
        case Column.NAME:
            return entry.title
        case Column.PRESET:
            return entry.preset
        case Column.STEPS:
            return f"{entry.step:,}"
        case Column.TEST:
            return _return_text(entry.last_test)
        case Column.BEST:
            return _return_text(entry.best_test)
        case Column.SPEED:
            return _speed_text(entry.steps_per_s if entry.state.training else None)
        case Column.STATE:
            return entry.state_words(now)
        case Column.AGE:
            return age_words(now - entry.changed)
        case Column.SIZE:
            return "" if entry.size_bytes is None else size_words(entry.size_bytes)
    return ""


def group_text(group: RunGroup, column: Column, now: float) -> str:
    """Return the text of a group of seeds in a column, as `run_text` does for a run."""
    runs = group.runs
    match column:
        case Column.NAME:
            return group.name
        case Column.PRESET:
            return runs[0].preset if len({run.preset for run in runs}) == 1 else ""
        case Column.STEPS:
            return f"{min(run.step for run in runs):,}"
        case Column.TEST:
            return _return_text(group.last_test)
        case Column.BEST:
            return _return_text(group.best_test)
        case Column.SPEED:
            return _speed_text(group.steps_per_s)
        case Column.STATE:
            return group.state_words()
        case Column.AGE:
            return age_words(now - max(run.changed for run in runs))
        case Column.SIZE:
            sizes = [run.size_bytes for run in runs if run.size_bytes is not None]
            return size_words(sum(sizes)) if len(sizes) == len(runs) else ""
    return ""


def _return_text(value: float | None) -> str:
    return "" if value is None else return_words(value)


def _speed_text(value: float | None) -> str:
    return "" if value is None else rounded(value)
