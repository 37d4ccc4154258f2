"""Reads the rows of a run's log. In a long log most rows are only counted."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from dreamer_studio.runs.folder import RunFolder
from dreamer_studio.runs.history import RowHistory
from dreamer_studio.runs.rows import MOST_LINE_BYTES, Heading, Row, check_log, heading, parse

BLOCK_BYTES = 2**22  # several times the size of the newest rows, all of which are kept
_UPDATE = b'{"kind": "update"'
_BYTES_TO_READ_ALL_OF = 2**23
_LASTING = {"prefill", "train", "change", "fault", "skipped"}
"""Kinds of rows that a crash does not undo: episodes, changes and faults stay, whatever became of the weights."""


def read_history(folder: RunFolder) -> RowHistory[Row]:
    """Read the rows of a run's log without changing it; none if there is no log.

    Raises:
        OSError: it cannot be read.
    """
    found = read_metrics(folder.metrics_file, sys.maxsize) if folder.metrics_file.is_file() else FoundRows()
    return found.lines.map(parse)


@dataclass
class FoundRows:
    """The rows found in a log.

    Attributes:
        lines: the lines that stay; thinned in a long log.
        newest: the heading of the last row that stays; None if there is none.
        undone: the heading of the last removed row; None if none is removed.
        undone_from: offset of the first line to remove, in bytes; None if all stay.
        kept_after: the lines after it that stay.
    """

    lines: RowHistory[bytes] = field(default_factory=RowHistory)
    newest: Heading | None = None
    undone: Heading | None = None
    undone_from: int | None = None
    kept_after: list[bytes] = field(default_factory=list)

    def add(self, number: int, row: Heading, line: bytes) -> None:
        """Add a line that stays."""
        self.lines.append(row.kind, line, number)
        self.newest = row


def read_metrics(path: Path, keep_until_update: int) -> FoundRows:
    """Read a log, and find the rows after `keep_until_update`, which a crash has undone."""
    found = FoundRows()
    check_log(path)
    with path.open("rb") as file:
        safe = _end_of_safe_part(file, keep_until_update)
        file.seek(0)
        number = read_lines(file, safe, found)
        position = safe
        while line := file.readline(MOST_LINE_BYTES):
            row = heading(line)
            keep = row.kind in _LASTING or (row.kind and row.update <= keep_until_update)
            whole = line if line.endswith(b"\n") else line + b"\n"  # or the next row would be appended to it
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
    """Return the offset up to which all rows stay, searching backward from the end of the file.

    Updates and tests are in order, so one that stays proves that all before it stay. Other rows may carry the number of
    an update that is undone.
    """
    end, carried = file.seek(0, os.SEEK_END), b""
    while end > 0:
        begin = max(0, end - BLOCK_BYTES)
        file.seek(begin)
        lines = (file.read(end - begin) + carried).splitlines(keepends=True)
        at = end + len(carried)
        carried = lines.pop(0) if begin else b""  # its beginning may lie in the block before
        if len(carried) > MOST_LINE_BYTES:
            return 0  # not written by us: read from its beginning, in short lines
        for line in reversed(lines):
            row = heading(line)
            certain = row.kind and row.kind not in _LASTING and row.update <= keep_until_update
            if certain and line.endswith(b"\n"):
                return at
            at -= len(line)
        end = begin
    return 0


def read_lines(file: BinaryIO, size: int, found: FoundRows) -> int:
    """Add the rows in the first `size` bytes, skipping most of the old updates. Returns how many rows there are."""
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
