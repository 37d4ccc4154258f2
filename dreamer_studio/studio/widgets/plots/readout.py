"""The crosshair of a plot: an upright line, and a box with the values at the line."""

from __future__ import annotations

from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QLabel

from dreamer_studio.studio.theme import Palette
from dreamer_studio.studio.widgets.text import scaled_font


class Readout:
    """Draws the crosshair of one view."""

    def __init__(self, view: Any) -> None:
        self._view = view
        self._line = pg.InfiniteLine(angle=90, movable=False)
        self._line.setVisible(False)
        view.addItem(self._line, ignoreBounds=True)
        self._box = _make_box(view)

    @property
    def text(self) -> str:
        """Return the text on show, or an empty text."""
        return self._box.text() if self._box.isVisibleTo(self._view) else ""

    def hide(self) -> None:
        """Hide line and box."""
        self._line.setVisible(False)
        self._box.hide()

    def show(self, text: str, x: float, top: int) -> None:
        """Show a text for a position of the horizontal axis; the box begins `top` pixels below the view's top."""
        (left, right), _ = self._view.viewRange()
        self._line.setVisible(True)
        self._line.setPos(x)
        self._box.setText(text)
        self._box.adjustSize()
        room = max(0, self._view.width() - self._box.width() - 8)
        axis = round(self._view.getAxis("left").width()) + 8
        # On the far side of the line, so that the box does not cover its point.
        self._box.move(room if x < (left + right) / 2 else min(axis, room), top)
        self._box.show()

    def restyle(self, palette: Palette) -> None:
        """Use the colors of a palette."""
        self._line.setPen(pg.mkPen(palette.muted, width=1))


def _make_box(parent: Any) -> QLabel:
    box = QLabel(parent)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setFont(scaled_font(box.font(), 0.9))
    box.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
    box.setAutoFillBackground(True)
    box.setBackgroundRole(QPalette.ColorRole.AlternateBase)
    box.setContentsMargins(6, 3, 6, 3)
    box.hide()
    return box
