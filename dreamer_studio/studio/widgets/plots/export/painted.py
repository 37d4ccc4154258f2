"""A painted widget as a figure with its title, in the colors on show: PNG or SVG."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QPoint, QRectF, QSize
from PySide6.QtGui import QColor, QFont, QFontMetrics, QImage, QPainter, QRegion
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QWidget

from dreamer_studio.studio.theme import Palette

_MARGIN: Final = 10
_PIXELS: Final = 2
"""Pixels of a PNG for each logical pixel of the widget on screen."""


class PaintedFigure:
    """Draws a title, the widget's accessible name, and the widget below it.

    Args:
        widget: paints itself.
        palette: the colors on show.
    """

    def __init__(self, widget: QWidget, palette: Palette) -> None:
        self._widget, self._palette = widget, palette
        self._font = QFont(widget.font())
        self._font.setBold(True)
        self._head = QFontMetrics(self._font).height() + 6

    @property
    def size(self) -> QSize:
        """Return the size in logical pixels."""
        return QSize(self._widget.width() + 2 * _MARGIN, self._widget.height() + self._head + 2 * _MARGIN)

    def png(self) -> bytes:
        """Return the figure as the contents of a PNG file."""
        image = QImage(self.size * _PIXELS, QImage.Format.Format_RGB32)
        image.setDevicePixelRatio(_PIXELS)
        self._draw(QPainter(image))
        return _written(lambda buffer: image.save(buffer, "PNG"))  # type: ignore[call-overload]  # as in figure.py

    def svg(self) -> bytes:
        """Return the figure as the contents of an SVG file."""

        def write(buffer: QBuffer) -> None:
            generator = QSvgGenerator()
            generator.setOutputDevice(buffer)
            generator.setResolution(self._widget.logicalDpiX())
            generator.setSize(self.size)
            generator.setViewBox(QRectF(0, 0, self.size.width(), self.size.height()))
            generator.setTitle(self._widget.accessibleName())
            self._draw(QPainter(generator))

        return _written(write)

    def _draw(self, painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(QRectF(0, 0, self.size.width(), self.size.height()), QColor(self._palette.surface))
        painter.setPen(QColor(self._palette.text))
        painter.setFont(self._font)
        painter.drawText(_MARGIN, _MARGIN + QFontMetrics(self._font).ascent(), self._widget.accessibleName())
        at = QPoint(_MARGIN, _MARGIN + self._head)
        self._widget.render(painter, at, QRegion(), QWidget.RenderFlag.DrawChildren)
        painter.end()


def _written(write: Callable[[QBuffer], object]) -> bytes:
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    write(buffer)
    buffer.close()
    return bytes(data.data())
