"""Run the command in a separate process."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

COMMAND = [sys.executable, "-m", "dreamer_studio"]
PATIENCE = 120
OFFSCREEN = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}


def wait_for(path: Path, pattern: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not list(path.glob(pattern)):
        assert time.monotonic() < deadline, f"no {pattern} in {path}"
        time.sleep(0.1)
