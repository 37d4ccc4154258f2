"""Reads ``status.json``: what the trainer of a run does, and when it last gave a sign of life."""

from __future__ import annotations

import json
import math
import os
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from dreamer_studio.files import UnfitFileError, check_file
from dreamer_studio.runs.folder import STATUS_FILE
from dreamer_studio.runs.lease.clock import FileSystemClocks, now_of
from dreamer_studio.runs.lease.owner import Owner
from dreamer_studio.texts import one_line

BEAT_SECONDS: Final = 10.0
"""Seconds between two signs of life of a trainer."""

LEASE_SECONDS: Final = 60.0
"""A trainer that has been silent for this long may be replaced by another one."""

MOST_ERROR: Final = 2000
"""Most characters of an error in the file."""

MOST_BYTES: Final = 2**15
"""Most bytes of the file."""

_MOST_HOST = 255


class TrainerState(StrEnum):
    """What a trainer does, or how it ended."""

    STARTING = "starting"
    TRAINING = "training"
    TESTING = "testing"
    PAUSED = "paused"
    WAITING = "waiting"
    """The disk cannot be written or read; the training continues by itself."""
    FINISHED = "finished"
    FAILED = "failed"
    STOPPED = "stopped"

    @property
    def over(self) -> bool:
        """Return whether the training has ended."""
        return self in {TrainerState.FINISHED, TrainerState.FAILED, TrainerState.STOPPED}


@dataclass(frozen=True)
class RunStatus:
    """The last report of a run's newest trainer.

    Attributes:
        owner: the process.
        fence: its number among the trainers of this run.
        state: what the process does, or how it ended.
        held: whether the process still has the run open, also in the state finished, failed or stopped.
        step, update: environment steps and updates in all.
        steps: environment steps to reach.
        error: why the training waits or ended, in one line; empty if nothing is wrong.
        still_for: seconds from the last event of the training to this sign of life. A trainer that hangs gives signs of
            life, but this number grows. It also grows while the training is paused.
        time: time of the sign of life by the clock of the trainer's machine, in seconds since 1970.
        silent_for: seconds since the sign of life, by the clock of the file system.
    """

    owner: Owner
    fence: int
    state: TrainerState
    held: bool
    step: int
    steps: int
    update: int
    error: str
    still_for: float
    time: float
    silent_for: float

    @property
    def alive(self) -> bool:
        """Return whether the process has the run open and gave a sign of life within `LEASE_SECONDS`."""
        return self.held and self.silent_for < LEASE_SECONDS


def read_status(folder: Path, clocks: FileSystemClocks | None = None) -> RunStatus | None:
    """Return the status of a run; None if there is none, or the file holds something else.

    Args:
        folder: the run.
        clocks: shared by reads of many runs, which then need not create a file in each run to read the clock.
    """
    path = folder / STATUS_FILE
    try:
        check_file(path, MOST_BYTES)
        with path.open("rb") as file:  # not `stat` by name: NFS asks the server when a file is opened
            written, content = os.fstat(file.fileno()).st_mtime, json.loads(file.read(MOST_BYTES))
        silent_for = max(0.0, (now_of(folder) if clocks is None else clocks.now(folder)) - written)
        return _parse(content, silent_for)
    except (OSError, UnfitFileError, ValueError, TypeError, KeyError, RecursionError, OverflowError):
        return None


def as_json(status: RunStatus) -> dict[str, Any]:
    """Return the content of the file for a status."""
    return {
        "host": status.owner.host,
        "process": status.owner.process,
        "fence": status.fence,
        "state": str(status.state),
        "held": status.held,
        "step": status.step,
        "steps": status.steps,
        "update": status.update,
        "error": status.error,
        "still_for": round(status.still_for, 1),
        "time": round(status.time, 3),
    }


def _parse(content: dict[str, Any], silent_for: float) -> RunStatus:
    """Return a status from the content of a file, which anybody may have written."""
    owner = Owner(one_line(str(content["host"]))[:_MOST_HOST], int(content["process"]))
    return RunStatus(
        owner=owner,
        fence=int(content["fence"]),
        state=TrainerState(content["state"]),
        held=content["held"] is True,
        step=int(content["step"]),
        steps=int(content["steps"]),
        update=int(content["update"]),
        error=one_line(str(content["error"]))[:MOST_ERROR],
        still_for=_finite(content["still_for"]),
        time=_finite(content["time"]),
        silent_for=silent_for,
    )


def _finite(value: object) -> float:
    number = float(str(value))
    if not math.isfinite(number):
        raise ValueError(f"{value} is not finite")
    return number
