"""Reads the list's facts from a run's log. A later look reads only new rows."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from dreamer_studio.library.log_blocks import BLOCK_BYTES, line_at, number_in, rows_of_tests, whole_lines
from dreamer_studio.runs.rows import MOST_LINE_BYTES, NO_ROW, Heading, Row, check_log, heading, parse

KEPT_TESTS = 60
"""Tests that are kept for the sparkline."""

MOST_BYTES = 2**25
"""Bytes at the end of a log that are read. The tests before them are not shown."""

QUICK_BYTES = 2**18
"""Bytes at the end of a log that a quick look reads."""

PACE_SECONDS = 600.0
"""The last part of a log, in seconds, over which the speed of a training is measured."""

_LEAST_PACE_SECONDS = 60.0
_PAUSE_SECONDS = 120.0  # between two rows: the training was paused or closed
_MOST_RECENT = 400  # rows

_EPISODES = (b'\n{"kind": "train"', b'\n{"kind": "prefill"', b'\n{"kind":"train"', b'\n{"kind":"prefill"')
_EPISODE_KINDS = {"train", "prefill"}
_MOST_LINES = 20  # at the end of a block that are looked through for a row


@dataclass(frozen=True)
class Test:
    """The mean return of a test of `episodes` episodes."""

    __test__ = False  # not for pytest

    step: int
    episodes: int
    mean: float


@dataclass(frozen=True)
class LogFacts:
    """The facts of a log.

    Attributes:
        file: number of the file on its disk: a log that was rewritten has another one.
        begin: offset of the first row that was read, apart from the very first row of the log.
        end: offset behind the last whole row that was read.
        first_time: time of the first row, in seconds since 1970; 0 without a row.
        last: heading of the last row.
        tests: the last tests, oldest first.
        last_return: return of the newest training episode; None before the first.
        recent: headings of the learning's rows in the last minutes without a pause, oldest first.
    """

    file: int = 0
    begin: int = 0
    end: int = 0
    first_time: float = 0.0
    last: Heading = NO_ROW
    tests: tuple[Test, ...] = ()
    last_return: float | None = None
    recent: tuple[Heading, ...] = ()

    @property
    def steps_per_s(self) -> float | None:
        """Return the environment steps per second in the last minutes; None if there are too few."""
        if not self.recent:
            return None
        first, last = self.recent[0], self.recent[-1]
        seconds, steps = last.time - first.time, last.step - first.step
        return steps / seconds if seconds >= _LEAST_PACE_SECONDS and steps > 0 else None


def read_log_facts(path: Path, known: LogFacts | None = None, *, quick: bool = False, pace: bool = True) -> LogFacts:
    """Read a log, or only the rows after those of `known`.

    Args:
        path: the log.
        known: the facts of the last look.
        quick: whether to read only the last rows, where tests may be missing.
        pace: whether to measure the speed of the training, which takes as long as all the rest.

    Raises:
        UnfitFileError, OSError: it cannot be read.
    """
    check_log(path)
    with path.open("rb") as file:
        found = os.fstat(file.fileno())
        begin = max(0, found.st_size - (QUICK_BYTES if quick else MOST_BYTES))
        if known is None or known.file != found.st_ino or found.st_size < known.end or known.begin > begin:
            known = _begin(file, found.st_ino, begin)
        return _read_on(file, known, pace=pace)


def newest_test(path: Path) -> Test | None:
    """Return the newest test of a log, or None. Read no more of the log's end than needed.

    Raises:
        UnfitFileError, OSError: it cannot be read.
    """
    check_log(path)
    most = QUICK_BYTES
    with path.open("rb") as file:
        found = os.fstat(file.fileno())
        while True:
            begin = max(0, found.st_size - most)
            facts = _read_on(file, _begin(file, found.st_ino, begin), pace=False)
            if len(facts.tests) > 1 or begin == 0 or most >= MOST_BYTES:  # the first test may be cut off
                return facts.tests[-1] if facts.tests else None
            most *= 4


def _begin(file: BinaryIO, number: int, begin: int) -> LogFacts:
    """Return the facts of an unread log. Reading begins with the first row at or after the offset `begin`."""
    first = heading(file.readline(MOST_LINE_BYTES))
    if begin:
        file.seek(begin - 1)
        begin += len(file.readline(BLOCK_BYTES)) - 1
    return LogFacts(file=number, begin=begin, end=begin, first_time=first.time)


def _read_on(file: BinaryIO, facts: LogFacts, *, pace: bool) -> LogFacts:
    """Add all rows after those of `facts`."""
    file.seek(facts.end)
    for block in whole_lines(file):
        recent = _recent(block, facts.recent) if pace else ()
        facts = dataclasses.replace(_with_block(facts, block), recent=recent)
    return facts


def _with_block(facts: LogFacts, block: bytes) -> LogFacts:
    """Add the rows in a block of whole lines, but not their speed."""
    tests = facts.tests
    for row in rows_of_tests(block):
        tests = _with_test(tests, row)
    last_return = _last_return(block)
    return dataclasses.replace(
        facts,
        end=facts.end + len(block),
        last=_last_row(block) or facts.last,
        tests=tests[-KEPT_TESTS:],
        last_return=facts.last_return if last_return is None else last_return,
    )


def _last_row(block: bytes) -> Heading | None:
    """Return the heading of the last line that is a row, or None if no row is near the end."""
    end = len(block)
    for _ in range(_MOST_LINES):
        begin = block.rfind(b"\n", 0, max(0, end - 1)) + 1
        found = heading(block[begin:end])
        if found.kind:
            return found
        end = begin
    return None


def _recent(block: bytes, before: tuple[Heading, ...]) -> tuple[Heading, ...]:
    """Return the headings of the last minutes in a block of whole lines, after those of the rows before it."""
    found: list[Heading] = []
    end = len(block)
    while end and len(found) < _MOST_RECENT:
        begin = block.rfind(b"\n", 0, end - 1) + 1
        row = heading(block[begin:end])
        if row.kind and not _belongs(row, found):
            return tuple(reversed(found))
        found += [row] if row.kind else []
        end = begin
    for row in reversed(before if end == 0 else ()):
        if not _belongs(row, found):
            break
        found.append(row)
    return tuple(reversed(found))


def _belongs(row: Heading, later: Sequence[Heading]) -> bool:
    """Return whether a row of the learning belongs to the same minutes of work as the rows after it, newest first."""
    if row.update == 0:
        return False
    return not later or (later[-1].time - row.time < _PAUSE_SECONDS and later[0].time - row.time < PACE_SECONDS)


def _last_return(block: bytes) -> float | None:
    begin = max(block.rfind(mark) + 1 for mark in _EPISODES)  # 0 is the first line, of any kind
    row = parse(line_at(block, begin))
    return number_in(row, "return") if row is not None and row["kind"] in _EPISODE_KINDS else None


def _with_test(tests: tuple[Test, ...], row: Row) -> tuple[Test, ...]:
    """Add an episode of a test; the episodes of one test have the same step."""
    value = number_in(row, "return")
    if value is None:
        return tests
    if tests and tests[-1].step == row["step"]:
        last = tests[-1]
        mean = (last.mean * last.episodes + value) / (last.episodes + 1)
        return (*tests[:-1], Test(last.step, last.episodes + 1, mean))
    return (*tests, Test(row["step"], 1, value))
