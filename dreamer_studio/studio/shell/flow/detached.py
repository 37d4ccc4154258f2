"""Trainings without a window: the command ``train`` in a separate process, which outlives the window."""

from __future__ import annotations

import logging
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal

from dreamer_studio.config import Config
from dreamer_studio.library.trainings import last_line
from dreamer_studio.runs.folder import RunFolder

LOOK_MS: Final = 500
ENDED_BY_SIGNAL: Final = 128  # exit codes above this number name the signal

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Detached:
    """A training that was handed over.

    Attributes:
        folder: the run.
        process: the process, which belongs to no window.
        output: the file with its output.
    """

    folder: Path
    process: subprocess.Popen[bytes]
    output: Path


class DetachedTrainings(QObject):
    """Starts trainings without a window, and reports those that end with an error while this window is open."""

    failed = Signal(Path, str)
    """Emitted with the run and the last line of the output of a training that ended with an error."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._going: list[Detached] = []
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self._look)

    def start(self, folder: Path, config: Config, device: str) -> Detached:
        """Start to train a run that no process holds.

        Args:
            folder: the run.
            config: its configuration, with a task that the user trusts.
            device: where to compute: "auto", "cpu", "cuda" or "mps".

        Raises:
            OSError: the process cannot be started, or its output cannot be written.
        """
        from dreamer_studio.envs import needs_trust  # noqa: PLC0415  (not needed for a page)

        words = ["--run", str(folder), "--device", device]
        if needs_trust(config.task):
            words += ["--task", config.task]
        return self._start(folder, words, RunFolder(folder).output_file)

    def start_new(self, folder: Path, words: Sequence[str]) -> Detached:
        """Start to train a new run. Its folder must be empty at first, so its output goes to a file beside it.

        Args:
            folder: the run.
            words: options of the command ``train`` that describe it, with the device.

        Raises:
            OSError: the process cannot be started, or its output cannot be written.
        """
        output = folder.with_name(f".{folder.name}.{RunFolder(folder).output_file.name}")
        output.parent.mkdir(parents=True, exist_ok=True)
        return self._start(folder, words, output)

    def _start(self, folder: Path, words: Sequence[str], output: Path) -> Detached:
        with output.open("ab") as file:
            process = _spawn([sys.executable, "-m", "dreamer_studio", "train", *words], file.fileno())
        detached = Detached(folder, process, output)
        self._going.append(detached)
        self._timer.start()
        _log.info("process %d trains %s without a window", process.pid, folder)
        return detached

    def _look(self) -> None:
        for ended in [each for each in self._going if each.process.poll() is not None]:
            self._going.remove(ended)
            if 0 < ended.process.returncode < ENDED_BY_SIGNAL:
                self.failed.emit(ended.folder, last_line(ended.output))
        if not self._going:
            self._timer.stop()


def _spawn(command: Sequence[str], output: int) -> subprocess.Popen[bytes]:
    if sys.platform == "win32":
        flags = subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.DETACHED_PROCESS
        return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, creationflags=flags)
    return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True)
