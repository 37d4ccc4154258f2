"""Compare what TensorBoard reads of a run with the run's log."""

from __future__ import annotations

import json
import struct
from collections import defaultdict
from typing import Any

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from dreamer_studio.runs.folder import RunFolder

Curves = dict[str, list[tuple[int, float]]]


def read_board(folder: RunFolder, *, purge: bool = True) -> Curves:
    """Return steps and values by tag. Without `purge`, read as a reader that ignores restarts."""
    board: Any = EventAccumulator(str(folder.tensorboard), size_guidance={"scalars": 0}, purge_orphaned_data=purge)
    board.Reload()
    return curves_of(board)


def curves_of(board: Any) -> Curves:
    return {tag: [(event.step, event.value) for event in board.Scalars(tag)] for tag in board.Tags()["scalars"]}


def curves_of_log(folder: RunFolder) -> Curves:
    """Return steps and values by tag from metrics.jsonl."""
    curves: Curves = defaultdict(list)
    for line in folder.metrics_file.read_text().splitlines():
        row = json.loads(line)
        for name in row.keys() - {"kind", "step", "update", "time"}:
            if isinstance(row[name], int | float):
                (value,) = struct.unpack("f", struct.pack("f", row[name]))  # events have single precision
                curves[f"{row['kind']}/{name}"].append((row["step"], value))
    return dict(curves)


def check_board(folder: RunFolder) -> None:
    """Assert that the events agree with the log, with and without `purge`."""
    wanted = curves_of_log(folder)
    assert read_board(folder) == wanted
    assert read_board(folder, purge=False) == wanted
