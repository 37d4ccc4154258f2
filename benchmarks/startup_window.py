"""The command ``dreamer-studio`` with a window that reports its start. `benchmarks.startup` runs it.

The window writes lines of JSON to standard output: the processor seconds of this process after it was drawn, and,
unless it shows a page, after its first frame; and after the first step the delays in seconds of a 10 ms timer of the
GUI thread since it was drawn. Then it closes.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any, Final

from dreamer_studio.cli import main as run_command
from dreamer_studio.system.loading import collector_at_rest

with collector_at_rest():  # as in the command
    from PySide6.QtCore import Qt, QTimer
    from PySide6.QtGui import QPaintEvent

    from dreamer_studio.studio import app
    from dreamer_studio.studio.shell.settings import SettingsFile
    from dreamer_studio.studio.shell.window import StudioWindow
    from dreamer_studio.studio.theme import Theme

BEAT_MS: Final = 10


class ToldWindow(StudioWindow):
    """A window that reports its moments."""

    def __init__(self, theme: Theme, settings: SettingsFile, last_news: Callable[[], Sequence[str]] = tuple) -> None:
        super().__init__(theme, settings, last_news)
        self._drawn = self._framed = False
        self._late: list[float] = []
        self._last_beat = 0.0
        self._beat = QTimer(self)
        self._beat.setTimerType(Qt.TimerType.PreciseTimer)
        self._beat.timeout.connect(self._note_beat)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  (Qt's name)
        """Report the first image, once the event loop has finished drawing it."""
        if not self._drawn:
            self._drawn = True
            QTimer.singleShot(0, self._begin_beats)
        super().paintEvent(event)

    def _begin_beats(self) -> None:
        _tell(time.process_time())
        if not self.has_run:
            self.leave(insist=True)
            return
        self._last_beat = time.perf_counter()
        self._beat.start(BEAT_MS)

    def _note_beat(self) -> None:
        now = time.perf_counter()
        self._late.append(max(0.0, now - self._last_beat - BEAT_MS / 1000))
        self._last_beat = now
        if not self._framed and self.run.channels.live.result is not None:
            self._framed = True
            _tell(time.process_time())
        _, steps = self.run.session.steps.since(0)
        if steps and self._framed:
            self._beat.stop()
            _tell(self._late)
            self.leave(insist=True)


def main() -> int:
    """Run the command with the arguments of this process."""
    app.StudioWindow = ToldWindow  # type: ignore[attr-defined]
    return run_command(sys.argv[1:])


def _tell(what: Any) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()
