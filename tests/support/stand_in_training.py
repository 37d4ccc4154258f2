"""Stands in for ``dreamer-studio train``: locks a run folder and writes a log, but learns nothing.

    python -m tests.support.stand_in_training train --task TASK --preset PRESET --run FOLDER --steps N --set KEY=VALUE

The seed chooses its behavior: below 10 it does all steps at once; from 10 on it waits for a signal after half of them,
then saves and ends; from 20 on it fails after half of them.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from pathlib import Path

from dreamer_studio.config import write_config
from dreamer_studio.runs.errors import RunLockedError
from dreamer_studio.runs.folder import RunFolder
from dreamer_studio.runs.lock import RunLock
from dreamer_studio.runs.planning import plan_run

WAITS, FAILS = 10, 20
SAVED = 128 + signal.SIGTERM


def main() -> int:
    """Train as the arguments say, and return the exit code of a training."""
    words = sys.argv[2:]
    options = dict(zip(words[0::2], words[1::2], strict=True))
    settings = dict(word.split("=") for name, word in zip(words[0::2], words[1::2], strict=True) if name == "--set")
    folder = RunFolder(Path(options["--run"]))
    config = plan_run(
        folder.path,
        base=folder.path.parent,
        task=options["--task"],
        preset=options["--preset"],
        settings={**settings, "steps": options["--steps"]},
        device="",
    ).config
    folder.path.mkdir(exist_ok=True)
    lock = RunLock(folder.path)
    try:
        lock.acquire()
    except RunLockedError as error:
        sys.stderr.write(f"dreamer-studio: {error}\n")
        return 2
    folder.make()
    write_config(config, folder.config_file)
    resumed = folder.metrics_file.exists()
    whole = config.seed < WAITS or resumed
    came: list[int] = []
    if not whole and config.seed < FAILS:  # before there is a checkpoint, for which tests wait
        signal.signal(signal.SIGTERM, lambda number, _: came.append(number))
    _train(folder, config.steps if whole else config.steps // 2)
    code = 0
    if not whole and config.seed >= FAILS:
        sys.stderr.write("dreamer-studio: the made fault\n")
        code = 1
    elif not whole:
        code = _wait(came)
    lock.release()
    return code


def _train(folder: RunFolder, step: int) -> None:
    with folder.metrics_file.open("a") as log:
        values = {"kind": "train", "step": step, "update": step // 10, "time": time.time(), "return": -50.0}
        log.write(json.dumps({**values, "threads": int(os.environ["OMP_NUM_THREADS"])}) + "\n")
    unfinished = folder.checkpoints / "checkpoint.tmp"
    unfinished.mkdir()
    for name in ("state.json", "weights.safetensors"):
        (unfinished / name).write_bytes(b"{}")
    unfinished.rename(folder.checkpoints / f"000000-step-{step}-update-{step // 10}")


def _wait(came: list[int]) -> int:
    """Wait until a signal has come, and return the exit code of a training that the signal ended."""
    deadline = time.monotonic() + 60
    while not came and time.monotonic() < deadline:
        time.sleep(0.02)
    return SAVED if came else 1


if __name__ == "__main__":
    sys.exit(main())
