"""Reads the rows of a run's log; of half a million rows most are only counted."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from dreamer_studio.runs.folder import RunFolder
from dreamer_studio.runs.history import RowHistory
from dreamer_studio.runs.rows import MOST_LINE_BYTES, Heading, Row, check_log, heading, parse

BLOCK_BYTES = 2**22  # holds the newest rows that are shown without gaps, several times
_UPDATE = b'{"kind": "update"'
_BYTES_TO_READ_ALL_OF = 2**23
_LASTING = {"prefill", "train", "change", "fault", "skipped"}
"""Kinds of rows that a crash does not undo: what happened and was set stays, whatever became of the weights."""


def read_history(folder: RunFolder) -> RowHistory[Row]:
    """The rows of a run's log, which stays as it is; none where there is no log.

    Raises:
        OSError: it cannot be read.
    """
    found = read_metrics(folder.metrics_file, sys.maxsize) if folder.metrics_file.is_file() else FoundRows()
    return found.lines.map(parse)


@dataclass
class FoundRows:
    """What a log holds.

    Attributes:
        lines: those that stay; of a long log not all.
        newest: the heading of the last row; None if there are none.
        undone: the heading of the last removed row; None if none is removed.
        undone_from: where in the file the first line begins that goes; None where all stay.
        kept_after: the lines after that which stay.
    """

    lines: RowHistory[bytes] = field(default_factory=RowHistory)
    newest: Heading | None = None
    undone: Heading | None = None
    undone_from: int | None = None
    kept_after: list[bytes] = field(default_factory=list)

    def add(self, number: int, row: Heading, line: bytes) -> None:
        """Take up a line that stays."""
        self.lines.append(row.kind, line, number)
        self.newest = row


def read_metrics(path: Path, keep_until_update: int) -> FoundRows:
    """Go through a log; of half a million rows most are only counted."""
    found = FoundRows()
    check_log(path)
    with path.open("rb") as file:
        safe = _end_of_safe_part(file, keep_until_update)
        file.seek(0)
        number = _read_safe_part(file, safe, found)
        position = safe
        while line := file.readline(MOST_LINE_BYTES):
            row = heading(line)
            keep = row.kind in _LASTING or (row.kind and row.update <= keep_until_update)
            whole = line if line.endswith(b"\n") else line + b"\n"  # or else the next one would go on in it
            if found.undone_from is None and not (keep and whole is line):
                found.undone_from = position
            if row.kind and not keep:
                found.undone = row
            if keep:
                found.add(number, row, whole)
                number += 1
                if found.undone_from is not None:
                    found.kept_after.append(whole)
            position += len(line)
    return found


def _end_of_safe_part(file: BinaryIO, keep_until_update: int) -> int:
    """Where the last row ends that proves all before it to be kept; found from the end of the file backwards.

    Updates and tests are in order. Rows that last may stand between them with the number of an update that is undone.
    """
    end, carried = file.seek(0, os.SEEK_END), b""
    while end > 0:
        begin = max(0, end - BLOCK_BYTES)
        file.seek(begin)
        lines = (file.read(end - begin) + carried).splitlines(keepends=True)
        at = end + len(carried)
        carried = lines.pop(0) if begin else b""  # it may have begun before
        if len(carried) > MOST_LINE_BYTES:
            return 0  # no log of ours; gone through from its beginning, it holds nothing up
        for line in reversed(lines):
            row = heading(line)
            certain = row.kind and row.kind not in _LASTING and row.update <= keep_until_update
            if certain and line.endswith(b"\n"):
                return at
            at -= len(line)
        end = begin
    return 0


def _read_safe_part(file: BinaryIO, size: int, found: FoundRows) -> int:
    """Take up the first `size` bytes of a log, of the updates long ago only some; returns how many rows they hold."""
    stride = 1 + size // _BYTES_TO_READ_ALL_OF
    number = position = 0
    while position < size:
        line = file.readline(MOST_LINE_BYTES)
        position += len(line)
        if number % stride and position < size - BLOCK_BYTES and line.startswith(_UPDATE):
            number += 1
            continue
        row = heading(line)
        if row.kind:
            found.add(number, row, line)
            number += 1
    return number
