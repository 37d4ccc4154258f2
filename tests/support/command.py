"""Run the command in a separate process."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import imageio.v3 as iio
import numpy as np

COMMAND = [sys.executable, "-m", "dreamer_studio"]
PATIENCE = 120
OFFSCREEN = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}


def wait_for(path: Path, pattern: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not list(path.glob(pattern)):
        assert time.monotonic() < deadline, f"no {pattern} in {path}"
        time.sleep(0.1)


def show(arguments: list[str], environment: Mapping[str, str], shown: Callable[[], bool]) -> None:
    """Open a window for some seconds. Repeat with a longer time until `shown` holds, because a busy machine is slow."""
    for seconds in (5, 20, 80):
        command = [*COMMAND, *arguments, "--quit-after", str(seconds)]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300, check=False)
        assert done.returncode == 0, done.stderr
        if shown():
            return
    raise AssertionError("the window did not show what the test waits for")


def colors_of(picture: Path) -> int:
    """Count the different colors of an image."""
    return len(np.unique(iio.imread(picture, mode="RGB").reshape(-1, 3), axis=0))
