"""Looks at a run every two seconds, and shows what the rules find: the dot, and the list above it."""

from __future__ import annotations

from typing import ClassVar, Final

from PySide6.QtCore import QObject, QPoint, Qt, Signal
from PySide6.QtWidgets import QFrame, QVBoxLayout

from dreamer_studio.session import Session, Status
from dreamer_studio.studio.health.card import HealthCard
from dreamer_studio.studio.health.dot import HealthDot
from dreamer_studio.studio.theme import Theme
from dreamer_studio.viewing.channel import Channel
from dreamer_studio.viewing.health.finding import Health
from dreamer_studio.viewing.health.reader import HealthReader
from dreamer_studio.viewing.health.rules import examine
from dreamer_studio.viewing.throttle import Throttle
from dreamer_studio.viewing.trust.messages import TrustRequest, TrustResult

SECONDS: Final = 2.0
"""Time between two looks."""

WIDTH, HEIGHT = 560, 460


class HealthWatch(QObject):
    """The health of one run.

    Attributes:
        health: the newest findings.

    Args:
        session: the run.
        theme: the colors.
        trust: the channel of the judgments.
        dot: shows the level; a click on it opens the list.
    """

    gaugeWanted: ClassVar[Signal] = Signal(str)
    """Emitted when the user wants to see the gauge behind a finding, with its name."""

    def __init__(
        self,
        session: Session,
        theme: Theme,
        trust: Channel[TrustRequest, TrustResult],
        dot: HealthDot,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._trust = trust
        self.health = Health()
        self._theme, self._dot = theme, dot
        self._reader = HealthReader(session.rows_since, session.steps.since)
        self._due = Throttle(SECONDS)
        self._list: HealthList | None = None
        dot.show_health(self.health)
        dot.listWanted.connect(self.open_list)

    def refresh(self, status: Status) -> None:
        """Look at the run if a look is due."""
        if status.spec is None or not self._due():
            return
        judged = self._trust.result
        report = judged.report if judged is not None else None
        judgment, update = (report.judgment, report.update) if report else (None, None)
        self.health = examine(self._reader.read(status, judgment, update))
        self._dot.show_health(self.health)
        if self._list is not None and self._list.isVisible():
            self._list.card.show_health(self.health)

    def open_list(self) -> None:
        """Show the list above the dot. A click beside it, or Esc, closes it."""
        if self._list is None:
            self._list = HealthList(self._theme, self._dot)
            self._list.card.gaugeWanted.connect(self._show_gauge)
        self._list.card.show_health(self.health)
        self._list.show_above(self._dot)

    def _show_gauge(self, name: str) -> None:
        assert self._list is not None
        self._list.close()
        self.gaugeWanted.emit(name)

    def end(self) -> None:
        """Leave the dot to the next run."""
        self._dot.listWanted.disconnect(self.open_list)
        self._dot.show_health(Health())
        if self._list is not None:
            self._list.close()
            self._list.deleteLater()


class HealthList(QFrame):
    """The list in a frame of its own, which closes at a click beside it.

    Attributes:
        card: the list.
    """

    def __init__(self, theme: Theme, owner: HealthDot) -> None:
        super().__init__(owner, Qt.WindowType.Popup)
        self.card = HealthCard(theme)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.card)
        self.setAccessibleName("Health")

    def show_above(self, dot: HealthDot) -> None:
        """Show the list with its lower left corner at the dot, inside the screen."""
        room = dot.screen().availableGeometry()
        self.resize(min(WIDTH, room.width()), min(HEIGHT, room.height()))
        corner = dot.mapToGlobal(QPoint(0, -self.height()))
        self.move(min(max(corner.x(), room.left()), room.right() - self.width()), max(corner.y(), room.top()))
        self.show()
