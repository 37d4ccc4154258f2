"""The log of a run: metrics.jsonl, which the studio reads, and TensorBoard events."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from dreamer_studio.files import replace_whole
from dreamer_studio.training.board import Board
from dreamer_studio.training.history import History
from dreamer_studio.training.lines import LineFile
from dreamer_studio.training.rows import MOST_LINE_BYTES, Heading, Row, check_log, heading, parse
from dreamer_studio.training.run_folder import RunFolder

_UPDATE = b'{"kind": "update"'
_BLOCK_BYTES = 2**22  # holds the newest rows that are shown without gaps, several times
_BYTES_TO_READ_ALL_OF = 2**23
_LASTING = {"prefill", "train", "change", "fault", "skipped"}
"""Kinds of rows that a crash does not undo: what happened and was set stays, whatever became of the weights."""


class MetricsLog:
    """Writes one JSON object a line: always `kind`, `step`, `update` and `time` (seconds since 1970).

    `kind` is "update" (losses, norms, entropies, speeds), "prefill", "train" or "test" (an episode's `return`, `length`
    in agent steps and `end`, and its number except for a test), "change" (a setting changed in mid-run: `name`,
    `before`, `after`), "fault" (of an environment: `text`, and how many `in_a_row` that makes), or "skipped" (an
    update: what was `not_finite`, and how many `in_a_row` that makes).

    Attributes:
        history: the rows, those of earlier sessions included; of a long run not all.
        undone: the heading of the last row that opening removed; None if none was removed.
    """

    def __init__(self, folder: RunFolder, *, keep_until_update: int) -> None:
        """Open the log; what a crash has undone, after update `keep_until_update`, is taken out.

        Raises:
            OSError: it cannot be read or written; it is as it was before.
        """
        found = _Found()
        if folder.metrics_file.is_file():
            found = _read(folder.metrics_file, keep_until_update)
            if found.undone_from is not None:
                _rewrite(folder.metrics_file, found.undone_from, found.kept_after)
        self.history: History[Row] = found.lines.map(parse)
        self.undone = found.undone
        self._file = LineFile(folder.metrics_file)
        untouched = found.undone_from is None
        self._board = Board(folder.tensorboard, folder.metrics_file, found.newest if untouched else None)

    @property
    def rows(self) -> list[Row]:
        """The rows of `history`, oldest first."""
        return self.history.since(0)[0]

    def write(self, kind: str, step: int, update: int, values: Mapping[str, Any]) -> Row:
        """Append one row and return it; where it cannot be written now, it is kept until `flush` can."""
        row: Row = {"kind": kind, "step": step, "update": update, "time": round(time.time(), 3), **values}
        self._file.add((json.dumps(row) + "\n").encode())
        self.history.append(kind, row)
        self._board.add(row)
        return row

    def flush(self) -> None:
        """Write the rows that wait, if there are any.

        Raises:
            OSError: they cannot be written now; none is lost.
        """
        self._file.flush()

    def sync(self) -> None:
        """Write all rows, and wait until they are on the disk.

        Raises:
            OSError: they cannot be written now; none is lost.
        """
        self._file.sync()

    def close(self) -> None:
        """Flush and close both files."""
        self._file.close()
        self._board.close()


def read_history(folder: RunFolder) -> History[Row]:
    """The rows of a run's log, which stays as it is; none where there is no log.

    Raises:
        OSError: it cannot be read.
    """
    found = _read(folder.metrics_file, sys.maxsize) if folder.metrics_file.is_file() else _Found()
    return found.lines.map(parse)


@dataclass
class _Found:
    """What a log holds.

    Attributes:
        lines: those that stay; of a long log not all.
        newest: the heading of the last row; None if there are none.
        undone: the heading of the last removed row; None if none is removed.
        undone_from: where in the file the first line begins that goes; None where all stay.
        kept_after: the lines after that which stay.
    """

    lines: History[bytes] = field(default_factory=History)
    newest: Heading | None = None
    undone: Heading | None = None
    undone_from: int | None = None
    kept_after: list[bytes] = field(default_factory=list)

    def add(self, number: int, row: Heading, line: bytes) -> None:
        """Take up a line that stays."""
        self.lines.append(row.kind, line, number)
        self.newest = row


def _read(path: Path, keep_until_update: int) -> _Found:
    """Go through a log; of half a million rows most are only counted."""
    found = _Found()
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
        begin = max(0, end - _BLOCK_BYTES)
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


def _read_safe_part(file: BinaryIO, size: int, found: _Found) -> int:
    """Take up the first `size` bytes of a log, of the updates long ago only some; returns how many rows they hold."""
    stride = 1 + size // _BYTES_TO_READ_ALL_OF
    number = position = 0
    while position < size:
        line = file.readline(MOST_LINE_BYTES)
        position += len(line)
        if number % stride and position < size - _BLOCK_BYTES and line.startswith(_UPDATE):
            number += 1
            continue
        row = heading(line)
        if row.kind:
            found.add(number, row, line)
            number += 1
    return number


def _rewrite(path: Path, keep_bytes: int, lines: list[bytes]) -> None:
    """Keep the beginning of a file and put `lines` after it; whole or not at all."""

    def write(file: BinaryIO) -> None:
        with path.open("rb") as before:
            left = keep_bytes
            while left and (block := before.read(min(left, _BLOCK_BYTES))):
                file.write(block)
                left -= len(block)
        file.writelines(lines)

    replace_whole(path, write)
