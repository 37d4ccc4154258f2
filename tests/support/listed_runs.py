"""Run folders as trainings leave them, written by hand in milliseconds, for the list of runs."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from dreamer_studio.config import write_config
from dreamer_studio.runs.folder import RunFolder
from tests.support.small_runs import small_config

BEGUN = 1_700_000_000.0
"""Time of the first row of a made log, in seconds since 1970."""

HOLD = """
import sys
from pathlib import Path
from dreamer_studio.runs.lock import RunLock
RunLock(Path(sys.argv[1])).acquire()
print("held", flush=True)
sys.stdin.read()
"""


def row(kind: str, step: int, **values: Any) -> str:
    """Return a line of a log. Its time is `step` seconds after the beginning of the log."""
    return json.dumps({"kind": kind, "step": step, "update": step // 10, "time": BEGUN + step} | values) + "\n"


def write_run(
    path: Path,
    *,
    task: str = "gym:Pendulum-v1",
    steps: int = 1000,
    tests: Sequence[float] = (),
    step: int = 0,
    last: Sequence[str] = (),
) -> Path:
    """Write a run with a test every 100 steps, up to `step` or the last test, and end its log with the lines `last`."""
    folder = RunFolder(path)
    path.mkdir(parents=True)
    write_config(small_config(task, steps=steps), folder.config_file)
    reached = max(step, 100 * len(tests))
    if not reached and not last:
        return path
    folder.make()
    lines = [row("prefill", 60, **{"return": -90.0, "length": 60})]
    for number, value in enumerate(tests, start=1):
        lines.append(row("update", 100 * number - 1, model_loss=1.0))
        lines.append(row("test", 100 * number, **{"return": value, "length": 60}))
    if reached:
        lines.append(row("train", reached, **{"return": -50.0, "length": 60}))
        write_checkpoint(path, reached)
    folder.metrics_file.write_text("".join([*lines, *last]))
    return path


def write_checkpoint(path: Path, step: int, number: int = 0) -> Path:
    """Write a checkpoint that looks complete as long as only its file names are read."""
    checkpoint = RunFolder(path).checkpoints / f"{number:06d}-step-{step}-update-{step // 10}"
    checkpoint.mkdir(parents=True)
    for name in ("state.json", "weights.safetensors"):
        (checkpoint / name).write_bytes(b"{}")
    return checkpoint


@contextmanager
def held_elsewhere(path: Path) -> Iterator[subprocess.Popen[str]]:
    """Let another process hold the lock of a run, and kill the process at the end."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None and holder.stdout.readline() == "held\n"
        try:
            yield holder
        finally:
            holder.kill()
