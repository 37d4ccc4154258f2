"""Trainings as child processes, which outlive this process if it is killed."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from dreamer_studio.studies.jobs import Job


@dataclass(frozen=True)
class Child:
    """A training in a child process.

    Attributes:
        job: what it trains.
        process: its process.
        place: its index among the runs that train at once.
    """

    job: Job
    process: subprocess.Popen[bytes]
    place: int

    def ask_to_end(self) -> None:
        """Ask the training to save and end."""
        self._send(signal.SIGTERM)

    def urge_to_end(self) -> None:
        """Make a training that was asked to end do so at once."""
        self._send(signal.SIGINT)

    def _send(self, number: signal.Signals) -> None:
        # On Windows, Ctrl+C in the terminal reaches the children by itself, and there is no other gentle signal.
        if sys.platform != "win32":
            with contextlib.suppress(OSError):
                self.process.send_signal(number)


PROGRAM = (sys.executable, "-m", "dreamer_studio")


def start_child(job: Job, output: Path, place: int, device: str = "", program: Sequence[str] = PROGRAM) -> Child:
    """Start a training. On Linux and macOS, Ctrl+C in the terminal does not reach the process.

    Args:
        job: what to train.
        output: file to which the process writes.
        place: as in `Child`.
        device: value of ``CUDA_VISIBLE_DEVICES``; empty to leave the variable as it is.
        program: the command that takes the words of the job.

    Raises:
        OSError: the process cannot be started, or its output cannot be written.
    """
    environment = {**os.environ, **job.environment, **({"CUDA_VISIBLE_DEVICES": device} if device else {})}
    with output.open("ab") as file:
        process = subprocess.Popen(
            [*program, *job.words],
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=file,
            env=environment,
            start_new_session=sys.platform != "win32",
        )
    return Child(job, process, place)
