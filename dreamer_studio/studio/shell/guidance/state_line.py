"""The sentence above the workspaces: what the run does, how far it is, and what is usual now."""

from __future__ import annotations

from typing import Final

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from dreamer_studio.config import Config
from dreamer_studio.session import Session, Status
from dreamer_studio.studio.widgets.text import ElidedLabel
from dreamer_studio.viewing.guidance.recent_loss import RecentLoss
from dreamer_studio.viewing.guidance.sentence import describe_state
from dreamer_studio.viewing.guidance.usual import UsualRun, runs_like
from dreamer_studio.viewing.throttle import Throttle

SECONDS: Final = 0.5
"""Time between two sentences, so that they can be read."""

ON_ONE_LINE: Final = 150
"""Characters of a long sentence. A window too narrow for them gets two lines, so that nothing moves later."""


class StateLine(QWidget):
    """Shows the sentence of one run.

    Args:
        session: the run.
    """

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._loss = RecentLoss(session.rows_since)
        self._config: Config | None = None
        self._runs: tuple[UsualRun, ...] = ()
        self._due = Throttle(SECONDS)
        self._state: object = None
        self._label = ElidedLabel()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 5, 12, 4)
        layout.addWidget(self._label)

    @property
    def sentence(self) -> str:
        """Return the whole sentence, even if it is elided on screen."""
        return self._label.text()

    def show_status(self, status: Status) -> None:
        """Write the sentence: at once for a new state, otherwise twice a second."""
        if not self._due() and status.state is self._state:
            return
        self._state = status.state
        if status.config is not self._config:
            self._config, self._runs = status.config, runs_like(status.config)
        self._label.setText(describe_state(status, self._runs, self._loss.read()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Reserve a second line in a narrow window."""
        super().resizeEvent(event)
        room = self._label.width() // self._label.fontMetrics().averageCharWidth()
        self._label.set_lines(1 if room >= ON_ONE_LINE else 2)
