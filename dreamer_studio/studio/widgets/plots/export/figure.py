"""A figure with a title, in the colors on show, as PNG or SVG; and a plot with its legend as such a figure."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import pyqtgraph as pg
from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QImage, QPainter
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QGraphicsItem, QWidget

from dreamer_studio.files import write_whole
from dreamer_studio.studio.theme import Palette
from dreamer_studio.studio.widgets.plots.legend import Legend

MARGIN: Final = 10
_PIXELS: Final = 2
"""Pixels of a PNG for each logical pixel on screen."""


class Figure:
    """Writes the drawing of a subclass as PNG and SVG.

    Args:
        title: the heading.
        font: of the title, which is bold.
        shown: the widget on screen, which has the resolution.
        palette: the colors.
    """

    def __init__(self, title: str, font: QFont, shown: QWidget, palette: Palette) -> None:
        self._title, self._shown, self._palette = title, shown, palette
        self._font = QFont(font)
        self._font.setBold(True)
        self._head = QFontMetrics(self._font).height() + 6

    @property
    def size(self) -> QSize:
        """Return the size in logical pixels."""
        raise NotImplementedError

    def png(self) -> bytes:
        """Return the figure as the contents of a PNG file."""
        image = QImage(self.size * _PIXELS, QImage.Format.Format_RGB32)
        image.setDevicePixelRatio(_PIXELS)
        painter = QPainter(image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._draw(painter)
        painter.end()
        data = QByteArray()
        buffer = QBuffer(data)
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        image.save(buffer, "PNG")  # type: ignore[call-overload]  # the stubs lack a str for the format
        return bytes(data.data())

    def svg(self) -> bytes:
        """Return the figure as the contents of an SVG file."""
        data = QByteArray()
        buffer = QBuffer(data)
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        generator = QSvgGenerator()
        generator.setOutputDevice(buffer)
        generator.setResolution(self._shown.logicalDpiX())  # else texts and axes have another scale than the lines
        generator.setSize(self.size)
        generator.setViewBox(QRectF(0, 0, self.size.width(), self.size.height()))
        generator.setTitle(self._title)
        painter = QPainter(generator)
        self._draw(painter)
        painter.end()
        buffer.close()
        return bytes(data.data())

    def write(self, folder: Path, name: str) -> None:
        """Write PNG and SVG into a folder, as files with a name in small letters and with hyphens.

        Raises:
            OSError: they cannot be written.
        """
        stem = name.lower().replace(" ", "-")
        write_whole(folder / f"{stem}.png", self.png())
        write_whole(folder / f"{stem}.svg", self.svg())

    def _draw(self, painter: QPainter) -> None:
        """Draw the ground and the title. Subclasses draw the rest below."""
        painter.fillRect(QRectF(0, 0, self.size.width(), self.size.height()), QColor(self._palette.surface))
        painter.setFont(self._font)
        painter.setPen(QColor(self._palette.text))
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(QRectF(MARGIN, MARGIN, self.size.width() - 2 * MARGIN, self._head), left, self._title)


class PlotFigure(Figure):
    """Draws a title, a legend and a view; below them, the title of the horizontal axis if the view leaves it out.

    Args:
        title: the heading.
        legend: the names of the lines.
        view: pyqtgraph's view of the plot.
        palette: the colors.
    """

    def __init__(self, title: str, legend: Legend, view: Any, palette: Palette) -> None:
        super().__init__(title, legend.font(), view, palette)
        self._legend, self._view = legend, view
        axis = view.getAxis("bottom")
        self._foot = "" if axis.titled else axis.labelText
        self._names = self._legend.sizeHint().height() + 4 if self._legend.sizeHint().height() else 0

    @property
    def size(self) -> QSize:
        """Return the size in logical pixels."""
        least = self._legend.sizeHint().width()
        wide = max(self._view.width(), least)
        foot = self._head if self._foot else 0
        return QSize(wide + 2 * MARGIN, self._view.height() + self._head + self._names + foot + 2 * MARGIN)

    def _draw(self, painter: QPainter) -> None:
        super()._draw(painter)
        if self._names:
            painter.save()
            painter.translate(MARGIN, MARGIN + self._head)
            self._legend.draw(painter)
            painter.restore()
        top = MARGIN + self._head + self._names
        target = QRectF(MARGIN, top, self._view.width(), self._view.height())
        if self._foot:
            painter.setFont(self._legend.font())
            painter.setPen(QColor(self._palette.muted))
            below = QRectF(MARGIN, target.bottom(), target.width(), self._head)
            painter.drawText(below, Qt.AlignmentFlag.AlignCenter, self._foot)
        with _without_kept_images(self._view):
            self._view.scene().render(painter, target, _in_sight(self._view))


def _in_sight(view: Any) -> QRectF:
    """Return the part of the scene that the view shows."""
    return QRectF(view.mapToScene(view.viewport().rect()).boundingRect())


@contextmanager
def _without_kept_images(view: Any) -> Iterator[None]:
    """Let all items draw themselves as lines and shapes: a kept image has the pixels of the screen."""
    items = view.scene().items()
    kept = [item for item in items if item.cacheMode() is not QGraphicsItem.CacheMode.NoCache]
    symbols = [item for item in items if isinstance(item, pg.ScatterPlotItem)]
    for item in kept:
        item.setCacheMode(QGraphicsItem.CacheMode.NoCache)
    for item in symbols:
        item.setExportMode(True)
    try:
        yield
    finally:
        for item in kept:
            item.setCacheMode(QGraphicsItem.CacheMode.DeviceCoordinateCache)
        for item in symbols:
            item.setExportMode(False)
