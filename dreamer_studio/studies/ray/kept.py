"""A training below a keeper, as a worker sees it."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

_KEEPER: Final = "dreamer_studio.studies.ray.keeper"

LOST: Final = None
"""Replaces the exit code of a training whose keeper was killed."""


class Kept:
    """A training that saves and ends when this object is closed or this process dies."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        """Stand for a training that `keep` started."""
        self._process = process
        self._code: int | None = LOST
        self._thread = threading.Thread(target=self._read, name="kept training", daemon=True)
        self._thread.start()

    def ended(self, seconds: float) -> bool:
        """Wait for the training to end, and return whether it has ended."""
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def code(self) -> int | None:
        """Wait for the training to end, and return its exit code; `LOST` if its keeper was killed."""
        self._thread.join()
        return self._code

    def close(self) -> None:
        """Let the training save and end, unless it has ended. Does not wait."""
        assert self._process.stdin is not None
        with contextlib.suppress(OSError):
            self._process.stdin.close()

    def _read(self) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as output:
            said = output.read()
        self._process.wait()
        self._code = int(said) if said else LOST


@contextlib.contextmanager
def keep(command: Sequence[str], environment: Mapping[str, str], directory: Path, output: Path) -> Iterator[Kept]:
    """Start a training with its keeper, and close it at the end of the block.

    Args:
        command: the program and its arguments.
        environment: variables in addition to those of this process.
        directory: where the program starts.
        output: file to which the program writes.

    Raises:
        OSError: the process cannot be started, or its output cannot be written.
    """
    output.parent.mkdir(exist_ok=True)
    with output.open("ab") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", _KEEPER, *command],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=file,
            env={**os.environ, **environment},
            cwd=directory,
            start_new_session=sys.platform != "win32",
        )
    kept = Kept(process)
    try:
        yield kept
    finally:
        kept.close()
