"""Try a task of a package with the command, and record the result."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import psutil

from benchmarks.packages import Package

ROOT: Final = Path(__file__).resolve().parents[1]
PATIENCE_SECONDS: Final = 900.0
LEAVING_SECONDS: Final = 3.0
MARK: Final = "DREAMER_STUDIO_TRIED_IN"
"""Environment variable that marks all processes started here, at any depth."""

EPISODE_STEPS: Final = 100
"""Maximum steps of an episode: few, so a short training gets past its prefill."""


@dataclass(frozen=True)
class Tried:
    """The result of a task.

    Attributes:
        package: The package's name in `PACKAGES`.
        requirements: The requirements that pip had to install.
        versions: Versions of the requirements, and of packages that replace a version of ours; empty if pip failed.
        task: The value of `--task`.
        command: The command as a user types it.
        exit_code: Of the training; None if pip failed, or if the training did not end.
        last_line: The training's last line of output, or pip's error.
        seconds: From the start of the training to its end.
        sees, acts: The program's description of the observation and the actions.
        updates: Number of updates.
        frames: Frames in the film of recorded observations, without the first of each sequence.
        moving: Frames that differ from the frame before.
        brightest: The largest value of any pixel; 0 if all frames are black.
        left_behind: Names of processes that remained afterwards.
    """

    package: str
    requirements: Sequence[str]
    versions: Mapping[str, str]
    task: str
    command: str
    exit_code: int | None = None
    last_line: str = ""
    seconds: float = 0.0
    sees: str = ""
    acts: str = ""
    updates: int = 0
    frames: int = 0
    moving: int = 0
    brightest: int = 0
    left_behind: Sequence[str] = ()

    def result(self) -> str:
        """Return the outcome in a few words."""
        if not self.versions:
            return f"not installed: {self.last_line}"
        left = f"; left behind: {', '.join(self.left_behind)}" if self.left_behind else ""
        if self.exit_code is None:
            return f"no end: {self.last_line}{left}"
        if self.exit_code or not self.frames:
            line = self.last_line.removeprefix("dreamer-studio: ").removeprefix(self.task).lstrip(": ")
            return f"exit {self.exit_code}: {line}{left}"
        moving = f"{self.moving} of {self.frames} frames move" if self.brightest else "all frames are black"
        return f"trains: {self.updates} updates in {self.seconds:.0f} s; {moving}{left}"


@dataclass(frozen=True)
class Place:
    """The place where tasks are tried.

    Attributes:
        python: The interpreter of the package's environment.
        films: Folder for films.
        scratch: Folder for run folders.
        steps: Environment steps of each training.
    """

    python: Path
    films: Path
    scratch: Path
    steps: int


def untried(package: Package, task: str, steps: int) -> Tried:
    """Return the result of a task before the trial."""
    return Tried(
        package.name,
        package.requirements,
        {},
        task,
        shlex.join(["dreamer-studio", *_training(task, steps)]),
    )


def try_task(package: Package, task: str, versions: Mapping[str, str], place: Place) -> Tried:
    """Train for a few steps, and film the recorded episodes."""
    film = place.films / film_name(package.name, task)
    run = place.scratch / film.name
    began = time.monotonic()
    exit_code, last_line = _command(place, [*_training(task, place.steps), "--run", str(run)])
    seconds = round(time.monotonic() - began, 1)
    facts: dict[str, Any] = {"last_line": _without_places(last_line, run)}
    if exit_code == 0:
        facts |= _from_checkpoint(run) | _from_film(place, run, film)
    return replace(
        untried(package, task, place.steps),
        versions=versions,
        exit_code=exit_code,
        seconds=seconds,
        left_behind=_end_those_left(place.scratch),
        **facts,
    )


def film_name(package: str, task: str) -> str:
    """Return the name of a task's film, without suffix."""
    return f"{package}-{''.join(each if each.isalnum() else '-' for each in task.rpartition(':')[2])}"


def _training(task: str, steps: int) -> list[str]:
    how = ["--preset", "tiny", "--steps", str(steps), "--set", f"time_limit={EPISODE_STEPS}"]
    return ["train", "--task", task, *how]


def _command(place: Place, arguments: list[str]) -> tuple[int | None, str]:
    """Return exit code and last line. The output goes to a file, since an orphan would keep a pipe open forever."""
    output = place.scratch / "output"
    with output.open("wb") as file:
        try:
            exit_code: int | None = subprocess.run(
                [place.python, "-m", "dreamer_studio", *arguments],
                cwd=place.scratch,
                env={**os.environ, "PYTHONPATH": str(ROOT), MARK: str(place.scratch)},
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
                timeout=PATIENCE_SECONDS,
                check=False,
            ).returncode
        except subprocess.TimeoutExpired:
            exit_code = None
    lines = output.read_text(encoding="utf-8", errors="replace").splitlines()
    return exit_code, next((line.strip() for line in reversed(lines) if line.strip()), "")


def _from_checkpoint(run: Path) -> dict[str, Any]:
    newest = max((run / "checkpoints").iterdir())
    state = json.loads((newest / "state.json").read_text(encoding="utf-8"))
    return {"sees": state["env"]["sees"], "acts": state["env"]["acts"], "updates": state["counters"]["update"]}


def _from_film(place: Place, run: Path, film: Path) -> dict[str, Any]:
    """Write a GIF, real above and model below, and the same as arrays."""
    for ending in (".gif", ".npz"):
        how = ["--kind", "reconstruction", "--count", "2", "--length", "50", "--out", f"{film}{ending}"]
        exit_code, last_line = _command(place, ["dream", str(run), *how])
        if exit_code != 0:
            return {"last_line": _without_places(last_line, run)}
    with np.load(f"{film}.npz") as arrays:
        real = arrays["real"]
    moving = (np.diff(real.astype(np.int16), axis=1) != 0).any(axis=(2, 3, 4))
    return {"frames": int(moving.size), "moving": int(moving.sum()), "brightest": int(real.max())}


def _without_places(line: str, run: Path) -> str:
    """Remove the folders of this machine from a line."""
    line = re.sub(r"[^\s()]*site-packages/| \(traceback in .*\)$", "", line)
    return line.replace(str(run), "RUN").replace(f"{ROOT}/", "")


def _end_those_left(scratch: Path) -> tuple[str, ...]:
    """Wait a moment for all processes started here, end the remaining ones, and return their names."""
    started = [process for process in psutil.process_iter() if _is_marked(process, scratch)]
    _, left = psutil.wait_procs(started, LEAVING_SECONDS)
    names = tuple(process.name() for process in left)
    for process in left:
        process.kill()
    return names


def _is_marked(process: psutil.Process, scratch: Path) -> bool:
    try:
        return process.environ().get(MARK) == str(scratch)
    except psutil.Error:
        return False
