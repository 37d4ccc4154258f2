"""The numbers of the log as TensorBoard events, for those who like to look at them there."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tensorboard.compat.proto.summary_pb2 import Summary
from torch.utils.tensorboard import SummaryWriter

_log = logging.getLogger(__name__)


class Board:
    """Writes events as long as that is possible: metrics.jsonl has all of it, so a fault here holds nothing up."""

    def __init__(self, folder: Path, purge_step: int | None) -> None:
        """Begin a file of events.

        Args:
            folder: made where it is missing.
            purge_step: TensorBoard then hides what earlier files say of this environment step and those after it.
        """
        self._writer: SummaryWriter | None = SummaryWriter(str(folder), purge_step=purge_step)

    def add(self, kind: str, step: int, values: Mapping[str, Any]) -> None:
        """Add the numbers among `values`, in one event: one each took ten times as long, 1 ms an update."""
        if self._writer is None:
            return
        numbers = {f"{kind}/{name}": value for name, value in values.items() if isinstance(value, int | float)}
        summary = Summary(value=[Summary.Value(tag=tag, simple_value=value) for tag, value in numbers.items()])
        events: Any = self._writer.file_writer
        try:
            events.add_summary(summary, step)
        except (OSError, ValueError) as error:  # its thread hands on what went wrong, and has ended
            _log.warning("no more TensorBoard events in this session: %s", error)
            self._end()

    def close(self) -> None:
        """Write what waits, and close the file."""
        self._end()

    def _end(self) -> None:
        writer, self._writer = self._writer, None
        if writer is not None:
            with contextlib.suppress(OSError, ValueError):
                writer.close()
