"""A painted widget as a figure with its title, in the colors on show: PNG or SVG."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QSize
from PySide6.QtGui import QPainter, QRegion
from PySide6.QtWidgets import QWidget

from dreamer_studio.studio.theme import Palette
from dreamer_studio.studio.widgets.plots.export.figure import MARGIN, Figure


class PaintedFigure(Figure):
    """Draws a title, the widget's accessible name, and the widget below it.

    Args:
        widget: paints itself.
        palette: the colors on show.
    """

    def __init__(self, widget: QWidget, palette: Palette) -> None:
        super().__init__(widget.accessibleName(), widget.font(), widget, palette)

    @property
    def size(self) -> QSize:
        """Return the size in logical pixels."""
        return QSize(self._shown.width() + 2 * MARGIN, self._shown.height() + self._head + 2 * MARGIN)

    def _draw(self, painter: QPainter) -> None:
        super()._draw(painter)
        at = QPoint(MARGIN, MARGIN + self._head)
        self._shown.render(painter, at, QRegion(), QWidget.RenderFlag.DrawChildren)
