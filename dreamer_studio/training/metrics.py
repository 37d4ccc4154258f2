"""The log of a run: metrics.jsonl, which the studio reads, and TensorBoard events."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from torch.utils.tensorboard import SummaryWriter

from dreamer_studio.training.run_folder import RunFolder

Row = dict[str, Any]


class MetricsLog:
    """Writes one JSON object a line: always `kind`, `step`, `update` and `time` (seconds since 1970).

    `kind` is "update" (losses, norms, entropies, speeds), "prefill", "train" or "test" (an episode's `return` and
    `length` in agent steps), or "change" (a setting changed in mid-run: `name`, `before`, `after`).
    """

    def __init__(self, folder: RunFolder, *, keep_until_update: int) -> None:
        """Open the log; what a crash has undone, after update `keep_until_update`, is taken out."""
        kept, last_step = _drop_undone(folder.metrics_file, keep_until_update)
        self.rows: list[Row] = kept
        self._file = folder.metrics_file.open("a", encoding="utf-8")
        self._board = SummaryWriter(str(folder.tensorboard), purge_step=last_step + 1 if kept else None)

    def write(self, kind: str, step: int, update: int, values: Mapping[str, Any]) -> Row:
        """Append one row and return it."""
        row: Row = {"kind": kind, "step": step, "update": update, "time": round(time.time(), 3), **values}
        self._file.write(json.dumps(row) + "\n")
        self._file.flush()
        self.rows.append(row)
        for name, value in values.items():
            if isinstance(value, int | float):
                self._board.add_scalar(f"{kind}/{name}", value, step)
        return row

    def close(self) -> None:
        """Flush and close both files."""
        self._file.close()
        self._board.close()


def read_metrics(path: Path) -> Iterator[Row]:
    """The rows of a metrics.jsonl, also while it is being written: a last line cut short is left out."""
    if not path.is_file():
        return
    with path.open(encoding="utf-8") as file:
        for line in file:
            try:
                row = json.loads(line)
            except ValueError:
                continue
            if isinstance(row, dict):
                yield row


def _drop_undone(path: Path, last_update: int) -> tuple[list[Row], int]:
    lasting = {"prefill", "train", "change"}  # episodes and settings stay, whatever became of the weights
    kept = [row for row in read_metrics(path) if row.get("update", 0) <= last_update or row.get("kind") in lasting]
    text = "".join(json.dumps(row) + "\n" for row in kept)
    if path.is_file() and path.read_text(encoding="utf-8") != text:  # else a line cut short would swallow the next one
        temporary = path.with_name(path.name + ".tmp")
        temporary.write_text(text, encoding="utf-8")
        temporary.replace(path)
    return kept, max((row.get("step", 0) for row in kept), default=0)
