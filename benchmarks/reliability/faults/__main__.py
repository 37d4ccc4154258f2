"""Train while the environment fails in many ways: ``python -m benchmarks.reliability.faults``.

Faults of 25 kinds strike a real Pendulum at random moments, in the training's environment and in that of the tests. For
each kind, the script prints the message to the user and the time until the training makes steps again.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import torch

from benchmarks.reliability.faults.pendulum import LIST, WANTED, fault_kinds
from dreamer_studio.envs import build_config
from dreamer_studio.runs.folder import RunFolder
from dreamer_studio.system.process import prepare_process
from dreamer_studio.training.events import EpisodeEnded, Event, PhaseBegins, Recovered, StepTaken, UpdateDone
from dreamer_studio.training.opening import open_trainer
from dreamer_studio.training.trainer import Trainer

TASK = "gym:benchmarks.reliability.faults.pendulum:FaultyPendulum-v0"
SETTINGS = {
    "steps": 10**6,
    "prefill": 60,
    "time_limit": 40,
    "train_every": 40,
    "train_steps": 2,
    "eval_every": 150,
    "env_timeout": 2.0,
    "env_memory_mb": 256,
}


@dataclass
class Survived:
    """A fault: its kind, the message to the user, its place, and what followed before the next fault."""

    kind: str
    told: str
    testing: bool
    began: float
    seconds: float | None = None
    steps: int = 0
    updates: int = 0


def main() -> None:
    """Train and print the report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--faults", type=int, default=100, help="how many")
    wanted = parser.parse_args().faults
    with tempfile.TemporaryDirectory() as folder:
        faults = Path(folder) / "faults.txt"
        os.environ |= {LIST: str(faults), WANTED: str(wanted)}
        trainer = open_trainer(
            RunFolder(Path(folder) / "run"), build_config(TASK, "tiny", SETTINGS), torch.device("cpu")
        )
        try:
            survived = list(watch(trainer, faults, wanted))
        finally:
            trainer.close()
        report(survived, trainer)


def watch(trainer: Trainer, faults: Path, wanted: int) -> Iterator[Survived]:
    """Train until the run has survived enough faults and finished an episode and an update after the last fault."""
    last: Survived | None = None
    count, testing, ended = 0, False, False
    before: Event | None = None
    for event in trainer.run():
        if isinstance(event, Recovered):
            if last is not None:
                yield last
            kind = faults.read_text().splitlines()[count]
            last, ended, count = Survived(kind, event.text, testing, time.monotonic()), False, count + 1
        elif isinstance(event, PhaseBegins) and event.phase != "restarting":
            testing = event.phase == "testing"
        if last is not None:
            note(last, event, in_test=event == before == PhaseBegins("testing"))
        before = event
        ended = ended or isinstance(event, EpisodeEnded)
        if count == wanted and last is not None and ended and last.updates:
            yield last
            return


def note(last: Survived, event: Event, *, in_test: bool) -> None:
    """Record what followed a fault; `in_test`: a row of a test was played, which is not an event."""
    if (in_test or isinstance(event, StepTaken)) and last.seconds is None:
        last.seconds = time.monotonic() - last.began
    last.steps += in_test or (isinstance(event, StepTaken) and event.index > 0)
    last.updates += isinstance(event, UpdateDone)


def report(survived: list[Survived], trainer: Trainer) -> None:
    """Write the findings."""
    write = sys.stdout.write
    write("| fault | times | message to the user, the first time |\n|---|---|---|\n")
    for kind in fault_kinds():
        of_kind = [fault for fault in survived if fault.kind == kind]
        if of_kind:
            write(f"| {kind} | {len(of_kind)} | {of_kind[0].told.replace(TASK, 'TASK')} |\n")
    went_on = [fault.seconds for fault in survived if fault.seconds is not None]
    counters = trainer.counters
    write(f"\n{len(survived)} faults, {sum(fault.testing for fault in survived)} of them in tests.\n")
    write(
        f"After {len(went_on)} of them the training made steps again, {statistics.median(went_on):.1f} s in the median "
    )
    write(f"and {max(went_on):.1f} s at most; {sum(fault.steps for fault in survived)} steps and ")
    write(f"{sum(fault.updates for fault in survived)} updates came between them.\n")
    write(f"Counted: {counters.step} steps, {counters.update} updates ({max(0, trainer.updates_due)} more are due), ")
    write(f"{len(trainer.store)} episodes of {trainer.store.steps} steps.\n")
    children = [
        child.pid for child in psutil.Process().children(recursive=True) if "spawn_main" in str(child.cmdline())
    ]
    write(f"Environment processes left over: {len(children)}.\n")
    if len(went_on) < len(survived) or children:
        raise SystemExit("the training did not continue after each fault, or left a process behind")


if __name__ == "__main__":
    prepare_process()
    main()
