"""Reads the list's facts from the end of a run's log, then older rows block by block. A later look reads new rows."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from dreamer_studio.library.log_blocks import BLOCK_BYTES, last_row, line_at, number_in, rows_of_tests, whole_lines
from dreamer_studio.runs.rows import MOST_LINE_BYTES, NO_ROW, Heading, Row, check_log, heading, parse

KEPT_TESTS = 60
"""Tests that are kept for the sparkline."""

MOST_BYTES = 2**25
"""Bytes at the end of a log that are searched for tests. The tests before them are not shown."""

END_BYTES = 2**18
"""Bytes at the end of a log that the first look reads."""

MOST_NEW_BYTES = 2**22
"""After more new bytes than this, as in a window that was hidden for hours, the log counts as unread."""

PACE_SECONDS = 600.0
"""The last part of a log, in seconds, over which the speed of a training is measured."""

_LEAST_PACE_SECONDS = 60.0
_PAUSE_SECONDS = 120.0  # between two rows: the training was paused or closed
_MOST_RECENT = 400  # rows

_EPISODES = (b'\n{"kind": "train"', b'\n{"kind": "prefill"', b'\n{"kind":"train"', b'\n{"kind":"prefill"')
_EPISODE_KINDS = {"train", "prefill"}


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
        begin: offset of the first row that was read, apart from the very first row of the log. Older rows are unread.
        end: offset behind the last whole row that was read.
        first_time: time of the first row, in seconds since 1970; 0 without a row.
        last: heading of the last row.
        tests: the last tests, oldest first. If older rows are unread, the first test may lack some of its episodes.
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
    def complete(self) -> bool:
        """Return whether no older row is missing for the list."""
        return self.begin == 0 or len(self.tests) > KEPT_TESTS or self.end - self.begin >= MOST_BYTES

    @property
    def whole_tests(self) -> tuple[Test, ...]:
        """Return the last `KEPT_TESTS` tests without the first that may lack episodes, unless it is the only test."""
        return self.tests[-KEPT_TESTS:] if self.begin == 0 else self.tests[1:] or self.tests

    @property
    def steps_per_s(self) -> float | None:
        """Return the environment steps per second in the last minutes; None if there are too few."""
        if not self.recent:
            return None
        first, last = self.recent[0], self.recent[-1]
        seconds, steps = last.time - first.time, last.step - first.step
        return steps / seconds if seconds >= _LEAST_PACE_SECONDS and steps > 0 else None


def read_log_facts(path: Path, known: LogFacts | None = None, *, pace: bool = True) -> LogFacts:
    """Read the end of a log, or only the rows after those of `known`.

    Args:
        path: the log.
        known: the facts of the last look.
        pace: whether to measure the speed of the training, which takes as long as all the rest.

    Raises:
        UnfitFileError, OSError: it cannot be read.
    """
    check_log(path)
    with path.open("rb") as file:
        found = os.fstat(file.fileno())
        if known is None or known.file != found.st_ino or not known.end <= found.st_size <= known.end + MOST_NEW_BYTES:
            known = _begin(file, found.st_ino, max(0, found.st_size - END_BYTES))
        return _read_on(file, known, pace=pace)


def read_earlier(path: Path, facts: LogFacts) -> LogFacts | None:
    """Add a block of rows before those of `facts`. Return None if there are none, or if the log was rewritten.

    Raises:
        UnfitFileError, OSError: it cannot be read.
    """
    check_log(path)
    with path.open("rb") as file:
        if os.fstat(file.fileno()).st_ino != facts.file:
            return None
        begin = max(0, facts.begin - BLOCK_BYTES)
        file.seek(begin)
        block = file.read(facts.begin - begin)
    cut = block.find(b"\n") + 1 if begin else 0
    if cut == len(block) or (begin and not cut):  # not one of our logs
        return None
    return _with_earlier(facts, begin + cut, block[cut:])


def newest_test(path: Path) -> Test | None:
    """Return the newest test of a log, or None. Read no more of the log's end than needed.

    Raises:
        UnfitFileError, OSError: it cannot be read.
    """
    facts = read_log_facts(path, pace=False)
    while len(facts.tests) <= 1 and not facts.complete:  # the first test may be cut off
        earlier = read_earlier(path, facts)
        if earlier is None:
            break
        facts = earlier
    return facts.tests[-1] if facts.tests else None


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
        last=last_row(block) or facts.last,
        tests=tests[-KEPT_TESTS - 1 :],
        last_return=facts.last_return if last_return is None else last_return,
    )


def _with_earlier(facts: LogFacts, begin: int, block: bytes) -> LogFacts:
    """Add the tests in a block of whole lines before the rows of `facts`, and the last return if it is unknown."""
    tests: tuple[Test, ...] = ()
    for row in rows_of_tests(block):
        tests = _with_test(tests, row)
    later = facts.tests
    if tests and later and tests[-1].step == later[0].step:
        tests, later = (*tests[:-1], _joined(tests[-1], later[0])), later[1:]
    last_return = _last_return(block) if facts.last_return is None else facts.last_return
    return dataclasses.replace(facts, begin=begin, tests=(*tests, *later)[-KEPT_TESTS - 1 :], last_return=last_return)


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
    test = Test(row["step"], 1, value)
    if tests and tests[-1].step == test.step:
        return (*tests[:-1], _joined(tests[-1], test))
    return (*tests, test)


def _joined(one: Test, other: Test) -> Test:
    """Return the test that two parts of a test make together."""
    episodes = one.episodes + other.episodes
    return Test(one.step, episodes, (one.mean * one.episodes + other.mean * other.episodes) / episodes)
