"""Follows the tests in the log of a run: their steps, times and mean returns. A later look reads only new rows."""

from __future__ import annotations

import itertools
import os
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

import numpy as np

from dreamer_studio.arrays import Floats
from dreamer_studio.library.groups.pauses import Pause, find_pauses
from dreamer_studio.library.log_blocks import last_row, line_at, number_in, rows_of_tests, whole_lines
from dreamer_studio.runs.rows import Row, check_log, heading

MOST_BLOCKS: Final = 16
"""Most blocks of a log that one look reads."""


class Unit(StrEnum):
    """Units in which a training advances. The value is the title of an axis."""

    STEPS = "environment steps"
    UPDATES = "updates"
    HOURS = "hours of training"


@dataclass(frozen=True, eq=False)
class TestCurve:
    """The tests of a run, oldest first, each array (T,).

    Attributes:
        step, update: environment steps and updates at the test.
        hours: hours of training until the end of the test, without pauses.
        mean: mean return.
        episodes: number of episodes.
    """

    __test__ = False  # not for pytest

    step: Floats
    update: Floats
    hours: Floats
    mean: Floats
    episodes: Floats

    def __len__(self) -> int:
        """Return the number of tests."""
        return len(self.step)

    def across(self, unit: Unit) -> Floats:
        """Return the positions of the tests in a unit."""
        return {Unit.STEPS: self.step, Unit.UPDATES: self.update, Unit.HOURS: self.hours}[unit]


NO_TESTS: Final = TestCurve(*(np.empty(0) for _ in range(5)))


class TestLog:
    """Reads the tests of a log, and later the added ones.

    Attributes:
        tests: the tests so far; another object after each change.

    Args:
        path: the log, which need not exist yet.
    """

    __test__ = False  # not for pytest

    def __init__(self, path: Path) -> None:
        self.tests = NO_TESTS
        self._path = path
        self._file: tuple[int, int] | None = None
        self._begin()

    def read(self) -> bool:
        """Read new rows, at most `MOST_BLOCKS` blocks. Return whether there were any.

        A log that was rewritten, as when the training went back, is read from its beginning.

        Raises:
            UnfitFileError, OSError: the log cannot be read.
        """
        try:
            check_log(self._path)
            file = self._path.open("rb")
        except FileNotFoundError:
            had = self._file is not None
            self._file, self.tests = None, NO_TESTS
            return had
        with file:
            state = os.fstat(file.fileno())
            if (state.st_dev, state.st_ino) != self._file or state.st_size < self._end:
                self._file, self.tests = (state.st_dev, state.st_ino), NO_TESTS
                self._begin()
            file.seek(self._end)
            blocks = whole_lines(file)
            before = self._end
            for block in itertools.islice(blocks, MOST_BLOCKS):
                self._take(block)
        return self._end > before

    def _begin(self) -> None:
        self._end = 0
        self._rows: list[list[float]] = []
        self._first_time = self._last_time = 0.0
        self._pauses: list[Pause] = []

    def _take(self, block: bytes) -> None:
        """Take the tests of a block of whole lines."""
        self._follow_time(block)
        rows = list(rows_of_tests(block))
        for row in rows:
            self._add(row)
        if rows:
            self.tests = TestCurve(*np.array(self._rows, np.float64).reshape(-1, 5).T)
        self._end += len(block)

    def _follow_time(self, block: bytes) -> None:
        """Find the pauses in a block of whole lines."""
        last = last_row(block)
        if last is None:
            return
        if not self._first_time:
            self._first_time = self._last_time = heading(line_at(block, 0)).time or last.time
        self._pauses += find_pauses(block, self._last_time, last.time)
        self._last_time = max(self._last_time, last.time)

    def _hours_at(self, time: float) -> float:
        """Return the hours of training until a time, without pauses."""
        idle = sum(end - begin for begin, end in self._pauses if end <= time)
        return max(0.0, time - self._first_time - idle) / 3600

    def _add(self, row: Row) -> None:
        """Add an episode of a test; the episodes of one test have the same step."""
        value, time = number_in(row, "return"), number_in(row, "time")
        if value is None:
            return
        hours = self._hours_at(self._last_time if time is None else time)
        episodes = 1.0
        if self._rows and self._rows[-1][0] == row["step"]:
            *_, mean, count = self._rows.pop()
            episodes = count + 1
            value = (mean * count + value) / episodes
        self._rows.append([float(row["step"]), float(row["update"]), hours, value, episodes])
