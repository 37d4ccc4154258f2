"""The sign of life of a trainer on another machine."""

from __future__ import annotations

import os
import time
from pathlib import Path

from dreamer_studio.files import write_json
from dreamer_studio.runs.folder import RunFolder
from dreamer_studio.runs.lease.owner import Owner
from dreamer_studio.runs.lease.status import RunStatus, TrainerState, as_json


def say_elsewhere(run: Path, *, ago: float = 0.0) -> None:
    """Write a report into a run, as a trainer on the machine "moon" made it some seconds ago."""
    status = RunStatus(Owner("moon", 7), 4, TrainerState.TRAINING, True, 150, 300, 15, "", 0.0, time.time(), 0.0)
    path = RunFolder(run).status_file
    write_json(path, as_json(status))
    os.utime(path, (time.time() - ago, time.time() - ago))
