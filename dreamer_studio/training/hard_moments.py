"""Notes the frames of training batches whose loss was far above the usual.

Reads numbers that an update computes anyway, draws no random numbers, and changes nothing in the training.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from pydantic import TypeAdapter

from dreamer_studio.files import set_aside
from dreamer_studio.replay import Origins
from dreamer_studio.replay.hard_moments import (
    HardMoment,
    HardMoments,
    HardMomentsError,
    LossRecord,
    read_hard_moments,
    rounded,
    with_moment,
    write_hard_moments,
)

RATIO: Final = 8.0
"""A frame is a hard moment if its loss is this many times the running mean."""

SPAN: Final = 100
"""The running mean is the plain mean of the first SPAN updates, then moves by 1 / SPAN toward each update."""

FIRST_ROWS: Final = 5
"""First rows after a reset of the model's state. They do not count: anything surprises a model that has seen little."""

WRITE_SECONDS: Final = 10.0
"""Time between writes of the file. A checkpoint has all moments and does not need the file."""

_ADAPTER: TypeAdapter[LossRecord] = TypeAdapter(LossRecord)
_log = logging.getLogger(__name__)


class LossWatch:
    """Keeps the running mean of the losses and the hard moments.

    Attributes:
        record: the mean and the moments, for a checkpoint.
    """

    def __init__(self, path: Path, notes: list[str], check: Callable[[], None] = lambda: None) -> None:
        """Begin with no losses.

        Args:
            path: the file for the moments.
            notes: takes a line for the user if another file is in its place.
            check: called before each write; raises `RunTakenOverError` if another trainer now writes the file.
        """
        self._path, self._notes, self._check = path, notes, check
        self._written: HardMoments | None = None
        self._due = 0.0
        self.record = LossRecord()

    def restore(self, record: object) -> None:
        """Continue from the record in a checkpoint, as JSON gives it; None in checkpoints of earlier versions."""
        self.record = LossRecord() if record is None else _ADAPTER.validate_python(record)

    def look(self, update: int, losses: NDArray[np.float32], origins: Origins) -> None:
        """Note the hardest frame of each sequence, if it is a hard moment; then take the losses into the mean.

        Args:
            update: the update that has been made.
            losses: (B, T), of each frame, in nats; NaN where it is not known.
            origins: where the frames come from.
        """
        counted = (origins.seen >= FIRST_ROWS) & ~np.isnan(losses)
        if not counted.any():
            return
        record, moments = self.record, self.record.moments
        if record.updates >= SPAN and record.mean > 0:
            for row, at in enumerate(np.where(counted, losses, -np.inf).argmax(1)):
                loss = float(losses[row, at])
                if counted[row, at] and loss >= RATIO * record.mean:
                    spot = int(origins.episode[row, at]), int(origins.index[row, at])
                    moments = with_moment(moments, rounded(HardMoment(*spot, update, loss, loss / record.mean)))
        updates = record.updates + 1
        usual = float(losses[counted].mean(dtype=np.float64))
        mean = record.mean + (usual - record.mean) / min(updates, SPAN)
        self.record = LossRecord(mean, updates, moments)
        if moments != self._written and time.monotonic() >= self._due:
            self.write()

    def write(self) -> None:
        """Write the file if it differs. An error of the disk is logged, and the next call tries again.

        A file that is no list of moments is set aside first, because someone else may have written it.
        """
        self._due = time.monotonic() + WRITE_SECONDS
        moments = self.record.moments
        if moments == self._written or (not moments and not self._path.exists()):
            return
        try:
            self._check()
            if self._written is None:
                self._set_aside_if_damaged()
            write_hard_moments(self._path, moments, self._check)
            self._written = moments
        except OSError as error:
            _log.warning("the hard moments were not written: %s", error)

    def _set_aside_if_damaged(self) -> None:
        try:
            read_hard_moments(self._path)
        except HardMomentsError as error:
            moved = set_aside(self._path).name
            self._notes.append(f"{error}; it was set aside as {moved}, and the training writes its own list")
