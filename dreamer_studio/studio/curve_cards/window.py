"""A curve in a window of its own, for another screen or a larger view."""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from dreamer_studio.studio.curve_cards.card import CurveCard
from dreamer_studio.studio.curve_cards.curves import Curve
from dreamer_studio.studio.curve_cards.source import CurveSource
from dreamer_studio.studio.theme import Theme

REFRESH_MS = 500
SIZE = (900, 520)


class CurveWindow(QWidget):
    """Shows one curve, and keeps it up to date in every workspace.

    Attributes:
        card: the curve.

    Args:
        theme: the colors.
        curve: the curve.
        source: the rows.
        parent: the owner; the window is deleted with the owner.
    """

    closed: ClassVar[Signal] = Signal()

    def __init__(self, theme: Theme, curve: Curve, source: CurveSource, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(f"{curve.title} - {parent.window().windowTitle()}")
        self.card = CurveCard(theme, curve, source, chooses=False)
        self._source = source
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 10, 10, 10)
        layout.addWidget(self.card)
        self.resize(*SIZE)
        self._clock = QTimer(self)
        self._clock.timeout.connect(self._refresh)
        self._clock.start(REFRESH_MS)
        source.set_watched(self, True)
        source.ended.connect(self.close)
        self._refresh()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Stop reading."""
        self._clock.stop()
        self._source.set_watched(self, False)
        self.closed.emit()
        super().closeEvent(event)

    def _refresh(self) -> None:
        self._source.refresh()
        self.card.refresh()
