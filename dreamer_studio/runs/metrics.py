"""The log of a run: writes metrics.jsonl, which the window reads, and TensorBoard events."""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, BinaryIO

from dreamer_studio.files import replace_whole
from dreamer_studio.runs.errors import RunTakenOverError
from dreamer_studio.runs.folder import RunFolder
from dreamer_studio.runs.history import RowHistory
from dreamer_studio.runs.line_file import LineFile
from dreamer_studio.runs.metrics_file import BLOCK_BYTES, FoundRows, read_metrics
from dreamer_studio.runs.rows import Row, parse
from dreamer_studio.runs.tensorboard import TensorBoardWriter


class MetricsLog:
    """Writes one JSON object per line, each with `kind`, `step`, `update` and `time` (seconds since 1970).

    `kind` is "update" (losses, norms, entropies, speeds), "prefill", "train" or "test" (an episode's `return`, `length`
    in agent steps and `end`, and its number except for a test), "part" (an update of a single `part`, with the numbers
    that it computed), "change" (a setting changed in mid-run: `name`,
    `before`, `after`), "fault" (of an environment: `text`, and how many `in_a_row` that makes), or "skipped" (an
    update: what was `not_finite`, and how many `in_a_row` that makes).

    Attributes:
        history: the rows, including those of earlier sessions; thinned in a long run.
        undone: the heading of the last row that opening removed; None if none was removed.
    """

    def __init__(self, folder: RunFolder, *, keep_until_update: int, check: Callable[[], None] = lambda: None) -> None:
        """Open the log, and remove the rows after update `keep_until_update`, which a crash has undone.

        Args:
            folder: the run.
            keep_until_update: the update from which the training continues.
            check: called before each write; raises `RunTakenOverError` if another trainer now writes the log.

        Raises:
            OSError: it cannot be read or written, and has not changed.
        """
        found = FoundRows()
        if folder.metrics_file.is_file():
            found = read_metrics(folder.metrics_file, keep_until_update)
            if found.undone_from is not None:
                _rewrite(folder.metrics_file, found.undone_from, found.kept_after, check)
        self.history: RowHistory[Row] = found.lines.map(parse)
        self.undone = found.undone
        self._check = check
        self._file = LineFile(folder.metrics_file, check)
        untouched = found.undone_from is None
        self._tensorboard = TensorBoardWriter(
            folder.tensorboard, folder.metrics_file, found.newest if untouched else None
        )

    @property
    def rows(self) -> list[Row]:
        """The rows of `history`, oldest first."""
        return self.history.since(0)[0]

    def write(self, kind: str, step: int, update: int, values: Mapping[str, Any]) -> Row:
        """Append a row and return it. If it cannot be written now, it waits for the next `flush`.

        Raises:
            RunTakenOverError: another trainer now writes the log.
        """
        row: Row = {"kind": kind, "step": step, "update": update, "time": round(time.time(), 3), **values}
        self._file.add((json.dumps(row) + "\n").encode())
        self.history.append(kind, row)
        self._tensorboard.add(row)
        return row

    def flush(self) -> None:
        """Write the rows that wait.

        Raises:
            OSError: they cannot be written now; they keep waiting.
        """
        self._file.flush()

    def sync(self) -> None:
        """Write all rows, and return when they are on the disk.

        Raises:
            OSError: they cannot be written now; they keep waiting.
        """
        self._file.sync()

    def close(self) -> None:
        """Flush and close both files. Write nothing if another trainer now writes the log."""
        marked = True
        try:
            self._file.close()
            with contextlib.suppress(OSError):  # the folder is gone
                self._check()
        except RunTakenOverError:
            marked = False
        self._tensorboard.close(marked=marked)


def _rewrite(path: Path, keep_bytes: int, lines: list[bytes], check: Callable[[], None]) -> None:
    """Replace a file by its first `keep_bytes` bytes and `lines`, whole or not at all; `check` as in `write_whole`."""

    def write(file: BinaryIO) -> None:
        with path.open("rb") as before:
            left = keep_bytes
            while left and (block := before.read(min(left, BLOCK_BYTES))):
                file.write(block)
                left -= len(block)
        file.writelines(lines)

    replace_whole(path, write, check=check)
