"""Follows the log of a run that another process may be writing."""

from __future__ import annotations

import os
from pathlib import Path
from typing import BinaryIO

from dreamer_studio.runs.history import RowHistory
from dreamer_studio.runs.metrics_file import BLOCK_BYTES, FoundRows, read_lines
from dreamer_studio.runs.rows import MOST_LINE_BYTES, Row, check_log, parse


class LogTail:
    """Reads all rows of a log, and later the added rows.

    Attributes:
        history: the rows, thinned in a long log. Another object takes its place when the log was rewritten, as after
            the training has gone back.

    Args:
        path: the log, which need not exist yet.
    """

    def __init__(self, path: Path) -> None:
        self.history: RowHistory[Row] = RowHistory()
        self._path = path
        self._file: tuple[int, int] | None = None
        self._read = 0

    def read(self) -> bool:
        """Read new rows, a few MiB at a time except for the first time. Return whether there were any.

        Raises:
            UnfitFileError: the file cannot be a log.
            OSError: the file cannot be read.
        """
        try:
            check_log(self._path)
            file = self._path.open("rb")
        except FileNotFoundError:
            return self._forget()
        with file:
            state = os.fstat(file.fileno())
            if (state.st_dev, state.st_ino) != self._file or state.st_size < self._read:
                self._file = state.st_dev, state.st_ino
                self._begin(file, state.st_size)
                return True
            return self._go_on(file, state.st_size)

    def _forget(self) -> bool:
        if self._file is None:
            return False
        self._file, self._read, self.history = None, 0, RowHistory()
        return True

    def _begin(self, file: BinaryIO, size: int) -> None:
        """Read all whole lines of a log of `size` bytes."""
        tail = max(0, size - MOST_LINE_BYTES)
        file.seek(tail)
        self._read = tail + file.read(size - tail).rfind(b"\n") + 1
        file.seek(0)
        found = FoundRows()
        read_lines(file, self._read, found)
        self.history = found.lines.map(parse)

    def _go_on(self, file: BinaryIO, size: int) -> bool:
        file.seek(self._read)
        block = file.read(min(BLOCK_BYTES, size - self._read))
        whole = block[: block.rfind(b"\n") + 1]
        for line in whole.splitlines(keepends=True):
            row = parse(line)
            if row is not None:
                self.history.append(row["kind"], row)
        # A whole block without a line break is no row of ours; skip the block.
        self._read += len(block) if len(block) == BLOCK_BYTES and not whole else len(whole)
        return bool(whole)
