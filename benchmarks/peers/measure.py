"""The parent process: starts workers, asks them for updates in turn, and keeps the times."""

from __future__ import annotations

import dataclasses
import json
import logging
import os
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import IO, Any

from benchmarks.peers.implementations import by_name
from benchmarks.peers.protocol import Job, Precision, Sizes
from dreamer_studio.system.process import OPENMP_WAITING

logger = logging.getLogger(__name__)

ROOT = Path(__file__).resolve().parents[2]

KEEP_MEMORY = {
    "MALLOC_MMAP_MAX_": "0",
    "MALLOC_TRIM_THRESHOLD_": str(16 << 30),
    "MALLOC_TOP_PAD_": str(256 << 20),
}
"""Settings that make glibc keep freed memory instead of returning it to the kernel."""

_CLOSING_S = 30.0


class WorkerError(RuntimeError):
    """A worker ended without an answer. The message is the last line of its standard error."""


@dataclass(frozen=True)
class Group:
    """The settings of a comparison: a precision, and whether the allocator keeps its memory."""

    precision: Precision
    keep_memory: bool

    def __str__(self) -> str:
        return f"{self.precision}, memory kept" if self.keep_memory else self.precision


@dataclass
class Row:
    """The times of an implementation in a group, in seconds; `error` says why there are none."""

    implementation: str
    group: Group
    about: dict[str, Any] = field(default_factory=dict)
    warmup_s: list[float] = field(default_factory=list)
    update_s: list[float] = field(default_factory=list)
    error: str | None = None

    @property
    def median_s(self) -> float:
        """The median of the timed updates; only if there is no error."""
        return median(self.update_s)


class Worker:
    """A running worker."""

    def __init__(self, process: subprocess.Popen[str], log: IO[str]) -> None:
        self._process = process
        self._log = log
        self.about = self._answer()

    def update(self) -> float:
        """Make another update and return its seconds.

        Raises:
            WorkerError: the worker has ended.
        """
        assert self._process.stdin is not None
        try:
            self._process.stdin.write("update\n")
            self._process.stdin.flush()
        except BrokenPipeError as error:
            raise WorkerError(self._last_words()) from error
        return float(self._answer()["update_s"])

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            self._process.wait(_CLOSING_S)
            raise WorkerError(self._last_words())
        answer: dict[str, Any] = json.loads(line)
        return answer

    def _last_words(self) -> str:
        self._log.seek(0)
        lines = [line for line in self._log.read().splitlines() if line.strip()]
        return lines[-1] if lines else f"the worker ended with code {self._process.returncode}"


@contextmanager
def worker(python: Path, job: Job, environment: Mapping[str, str]) -> Iterator[Worker]:
    """Start a worker for `job` in the interpreter `python`; it ends with the context.

    Raises:
        WorkerError: the worker could not prepare the implementation.
    """
    inherited = {name: value for name, value in os.environ.items() if name not in KEEP_MEMORY}
    with (
        tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as log,
        subprocess.Popen(
            [python, "-m", "benchmarks.peers.worker", json.dumps(dataclasses.asdict(job))],
            cwd=ROOT,
            env={**inherited, **OPENMP_WAITING, **environment},  # ours sets this itself; the others get the same
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        ) as process,
    ):
        try:
            yield Worker(process, log)
        finally:
            assert process.stdin is not None
            with suppress(BrokenPipeError):
                process.stdin.close()
            process.terminate()


def measure_group(pythons: Mapping[str, Path], group: Group, sizes: Sizes, *, warmups: int, rounds: int) -> list[Row]:
    """Time all implementations of a group: each makes an update, then each makes the next (A B C A B C).

    So a temporary load disturbs all equally. Implementations without the precision are left out; those that fail take
    no further turns.

    Args:
        pythons: interpreters by implementation name, in the order of the turns.
        group: the common settings.
        sizes: the sizes of the update.
        warmups: warm-up updates per implementation, kept apart.
        rounds: counted updates per implementation.
    """
    kept = KEEP_MEMORY if group.keep_memory else {}
    rows = [Row(name, group) for name in pythons if group.precision in by_name(name).precisions]
    with ExitStack() as stack:
        workers: dict[str, Worker] = {}
        for row in rows:
            name = row.implementation
            job, environment = Job(name, group.precision, sizes), {**kept, **by_name(name).environment}
            with _noting_failure(row):
                workers[name] = stack.enter_context(worker(pythons[name], job, environment))
                row.about = workers[name].about
        for turn in range(warmups + rounds):
            for row in rows:
                if row.error is None:
                    with _noting_failure(row):
                        times = row.warmup_s if turn < warmups else row.update_s
                        times.append(workers[row.implementation].update())
                        logger.info("%s, %s: %.2f s", row.implementation, group, times[-1])
    return rows


@contextmanager
def _noting_failure(row: Row) -> Iterator[None]:
    try:
        yield
    except WorkerError as error:
        row.error = str(error)
        logger.warning("%s, %s: %s", row.implementation, row.group, error)
