"""Starts the previews of the chosen task."""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtCore import QObject, QTimer, Signal

from dreamer_studio.config import Config
from dreamer_studio.envs import TaskInfo
from dreamer_studio.studio.new_run.preview_panel import PreviewPanel
from dreamer_studio.studio.new_run.workers import PageWorkers
from dreamer_studio.viewing.channel import AnswerReader
from dreamer_studio.viewing.new_run.measurements import PLAYING

PREVIEW_MS = 300
"""Time without a change before a preview starts, so that a person can go through the list."""

TRUST = "This task runs code that its name points to. Show the preview only if you trust the code."


class Previews(QObject):
    """Starts a preview when the settings of the environment change, and shows the preview.

    Args:
        panel: shows the preview.
        workers: play the preview.
        parent: the owner.
    """

    started: ClassVar[Signal] = Signal()
    """Emitted when the environment starts. Earlier problems of the task no longer count."""

    ended: ClassVar[Signal] = Signal()
    """Emitted when a preview is complete, and its environment has ended."""

    failed: ClassVar[Signal] = Signal(str)
    """Emitted with the reason why the task cannot be played."""

    def __init__(self, panel: PreviewPanel, workers: PageWorkers, parent: QObject) -> None:
        super().__init__(parent)
        self._panel, self._workers = panel, workers
        self._answers = AnswerReader(workers.channels.preview)
        self._trusted = True
        self._config: Config | None = None
        self._complete = False
        self._due = QTimer(self)
        self._due.setSingleShot(True)
        self._due.setInterval(PREVIEW_MS)
        self._due.timeout.connect(self._start)

    @property
    def complete(self) -> bool:
        """Return whether the task was played to the end of the preview with the present settings."""
        return self._complete

    def begin_task(self, info: TaskInfo, *, trusted: bool) -> None:
        """Forget the last preview. The next one waits for the user if the task's code is not trusted."""
        self._trusted, self._config, self._complete = trusted, None, False
        self._due.stop()
        self._workers.show_preview(None)
        self._panel.show_task(info)

    def want(self, config: Config) -> None:
        """Start a preview after a moment if a setting of the environment has changed."""
        same = self._config is not None and _playing(config) == _playing(self._config)
        self._config = config
        if same:
            return
        self._complete = False
        if self._trusted:
            self._due.start()
        else:
            self._panel.show_waiting(TRUST)

    def start_now(self) -> None:
        """Start the preview of a task that the user trusts. Without settings, wait for `want`."""
        self._trusted = True
        if self._config is None:
            self._panel.show_starting()
        else:
            self._start()

    def tick(self) -> None:
        """Take the newest frames."""
        if (answer := self._answers.current()) is None:
            return
        if answer.failure is not None:
            self.fail(answer.failure.reason)
        elif answer.result is not None:
            self._panel.show_preview(answer.result)
            if answer.done:
                self._complete = True
                self.ended.emit()

    def fail(self, reason: str) -> None:
        """Say that the task cannot be played."""
        self._complete = False
        self._panel.show_failure(reason)
        self.failed.emit(reason)

    def _start(self) -> None:
        if self._config is not None:
            self._complete = False
            self._panel.show_starting()
            self._workers.show_preview(self._config)
            self.started.emit()


def _playing(config: Config) -> tuple[object, ...]:
    """Return the settings on which a preview depends."""
    return tuple(getattr(config, name) for name in PLAYING)
