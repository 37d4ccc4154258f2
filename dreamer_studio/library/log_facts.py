"""Reads from a run's log what the list shows. Rows that came later are read alone."""

from __future__ import annotations

import dataclasses
import math
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from dreamer_studio.runs.rows import MOST_LINE_BYTES, NO_ROW, Heading, Row, check_log, heading, parse

KEPT_TESTS = 60
"""Tests that are kept for the sparkline."""

MOST_BYTES = 2**25
"""Bytes of the end of a log that the first look reads. The tests before them are not shown."""

_BLOCK_BYTES = 2**22
_TESTS = (b'{"kind": "test"', b'{"kind":"test"')  # the second is an earlier version's
_EPISODES = {"train", "prefill"}
_TROUBLES = {"fault", "skipped"}


@dataclass(frozen=True)
class Test:
    """The mean return of a test of `episodes` episodes."""

    __test__ = False  # not for pytest

    step: int
    episodes: int
    mean: float


@dataclass(frozen=True)
class LogFacts:
    """What a log says.

    Attributes:
        file: number of the file on its disk: a log that was rewritten has another one.
        end: offset behind the last whole row that was read.
        first_time: time of the first row, in seconds since 1970; 0 without a row.
        last: heading of the last row.
        tests: the last tests, oldest first.
        last_return: return of the newest training episode; None before the first.
        trouble: the last row, if it reports a fault or a skipped update; else None.
    """

    file: int = 0
    end: int = 0
    first_time: float = 0.0
    last: Heading = NO_ROW
    tests: tuple[Test, ...] = ()
    last_return: float | None = None
    trouble: Row | None = None


def read_log_facts(path: Path, known: LogFacts | None = None) -> LogFacts:
    """Read a log, or only the rows after those of `known`.

    Raises:
        UnfitFileError, OSError: it cannot be read.
    """
    check_log(path)
    with path.open("rb") as file:
        found = os.fstat(file.fileno())
        if known is None or known.file != found.st_ino or found.st_size < known.end:
            known = _begin(file, found)
        facts = known
        file.seek(facts.end)
        for block in _whole_lines(file):
            facts = _with_block(facts, block)
    return facts


def _begin(file: BinaryIO, found: os.stat_result) -> LogFacts:
    """Return the facts of an unread log; reading goes on behind the part that is passed over."""
    first = heading(file.readline(MOST_LINE_BYTES))
    begin = max(0, found.st_size - MOST_BYTES)
    if begin:
        file.seek(begin)
        begin += len(file.readline(_BLOCK_BYTES))
    return LogFacts(file=found.st_ino, end=begin, first_time=first.time)


def _whole_lines(file: BinaryIO) -> Iterator[bytes]:
    """Yield the rest of a file in blocks that end with a line; an unfinished line at the end is left out."""
    rest = b""
    while block := file.read(_BLOCK_BYTES):
        block = rest + block
        cut = block.rfind(b"\n") + 1
        rest = block[cut:]
        if cut:
            yield block[:cut]
        if len(rest) > _BLOCK_BYTES:  # no log of ours
            return


def _with_block(facts: LogFacts, block: bytes) -> LogFacts:
    tests = facts.tests
    for line in _lines_of_tests(block):
        tests = _with_test(tests, parse(line))
    last, last_return, trouble = facts.last, None, facts.trouble
    newest = True
    for line in _from_the_end(block):
        row = heading(line)
        if newest and row.kind:
            newest = False
            last = row
            trouble = parse(line) if row.kind in _TROUBLES else None
        if row.kind in _EPISODES:
            last_return = _number(parse(line), "return")
            break
    return dataclasses.replace(
        facts,
        end=facts.end + len(block),
        last=last,
        tests=tests[-KEPT_TESTS:],
        last_return=facts.last_return if last_return is None else last_return,
        trouble=trouble,
    )


def _lines_of_tests(block: bytes) -> Iterator[bytes]:
    for mark in _TESTS:
        at = block.find(mark)
        while at >= 0:
            end = block.find(b"\n", at) + 1
            if at == 0 or block[at - 1 : at] == b"\n":
                yield block[at:end]
            at = block.find(mark, end)


def _from_the_end(block: bytes) -> Iterator[bytes]:
    end = len(block)
    while end > 0:
        begin = block.rfind(b"\n", 0, end - 1) + 1
        yield block[begin:end]
        end = begin


def _with_test(tests: tuple[Test, ...], row: Row | None) -> tuple[Test, ...]:
    """Add an episode of a test; the episodes of one test have the same step."""
    value = _number(row, "return")
    if row is None or value is None:
        return tests
    if tests and tests[-1].step == row["step"]:
        last = tests[-1]
        mean = (last.mean * last.episodes + value) / (last.episodes + 1)
        return (*tests[:-1], Test(last.step, last.episodes + 1, mean))
    return (*tests, Test(row["step"], 1, value))


def _number(row: Row | None, name: str) -> float | None:
    value = None if row is None else row.get(name)
    return float(value) if isinstance(value, int | float) and math.isfinite(value) else None
