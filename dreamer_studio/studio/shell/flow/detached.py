"""Trainings and studies without a window: commands in separate processes, which outlive the window."""

from __future__ import annotations

import logging
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QTimer, Signal

from dreamer_studio.config import Config
from dreamer_studio.library.trainings import last_line
from dreamer_studio.runs.folder import RunFolder

if TYPE_CHECKING:
    from dreamer_studio.studies.study_folder import FoundStudy

LOOK_MS: Final = 500
ENDED_BY_SIGNAL: Final = 128  # exit codes above this number name the signal

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Detached:
    """A training or study in a process of its own.

    Attributes:
        folder: the run, or the study's folder.
        process: the process, which belongs to no window.
        output: the file with its output.
    """

    folder: Path
    process: subprocess.Popen[bytes]
    output: Path


class DetachedTrainings(QObject):
    """Starts trainings and studies, and reports those that end with an error while this window is open.

    Attributes:
        going: those that have not ended yet.
    """

    failed = Signal(object, str)
    """Emitted with a `Detached` that ended with an error, and the last line of its output."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.going: list[Detached] = []
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
        return self._start(folder, ["train", *words], RunFolder(folder).output_file)

    def start_study(self, found: FoundStudy) -> Detached:
        """Start to train the unfinished runs of a study.

        Raises:
            OSError: the process cannot be started, or its output cannot be written.
        """
        folder = found.folder
        folder.output.mkdir(parents=True, exist_ok=True)
        return self._start(folder.path, ["study", "run", str(found.file), "--on", "local"], folder.launcher_output)

    def _start(self, folder: Path, words: Sequence[str], output: Path) -> Detached:
        with output.open("ab") as file:
            process = _spawn([sys.executable, "-m", "dreamer_studio", *words], file.fileno())
        detached = Detached(folder, process, output)
        self.going.append(detached)
        self._timer.start()
        _log.info("process %d trains %s without a window", process.pid, folder)
        return detached

    def _look(self) -> None:
        for ended in [each for each in self.going if each.process.poll() is not None]:
            self.going.remove(ended)
            if 0 < ended.process.returncode < ENDED_BY_SIGNAL:
                self.failed.emit(ended, last_line(ended.output))
        if not self.going:
            self._timer.stop()


def _spawn(command: Sequence[str], output: int) -> subprocess.Popen[bytes]:
    if sys.platform == "win32":
        flags = subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.DETACHED_PROCESS
        return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, creationflags=flags)
    return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True)
