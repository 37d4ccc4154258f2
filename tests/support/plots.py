"""A plot as a person uses it: where its data stand on the canvas, what it says under the mouse."""

from __future__ import annotations

import math
from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from dreamer_studio.studio.widgets.plots.plot import Plot


def drawing(plot: Plot) -> Any:
    """Return pyqtgraph's widget in a plot."""
    (view,) = plot.findChildren(pg.PlotWidget)
    return view


def lines(plot: Plot) -> list[tuple[Any, Any]]:
    """Return x and y of each line that has points, as they are drawn: thinned to the pixels there are."""
    drawn = [item.curve.getData() for item in drawing(plot).items() if isinstance(item, pg.PlotDataItem)]
    return [(x, y) for x, y in drawn if x is not None and len(x)]


def canvas(plot: Plot) -> QWidget:
    """Return the widget that the lines are painted on."""
    widget = drawing(plot).viewport()
    assert isinstance(widget, QWidget)
    return widget


def at_pixel(plot: Plot, x: float, y: float) -> QPoint:
    """Return where a point of the data stands on the canvas."""
    view = drawing(plot)
    y = math.log10(y) if plot.log else y
    point: QPoint = view.mapFromScene(view.getViewBox().mapViewToScene(QPointF(x, y)))
    return point


def readout(plot: Plot) -> str:
    """Return what stands beside the cursor, empty if nothing does."""
    return plot.readout


def hover(plot: Plot, x: float) -> str:
    """Move the mouse to a position of the data and return what the plot says."""
    QTest.qWait(20)  # pyqtgraph drops what comes faster than a mouse does
    _, _, bottom, top = plot.visible_range()
    move_mouse(plot, QPointF(at_pixel(plot, x, (bottom + top) / 2)))
    return readout(plot)


def drag(plot: Plot, start: QPoint, end: QPoint) -> None:
    """Drag the canvas from one of its points to another."""
    button = Qt.MouseButton.LeftButton
    QTest.mousePress(canvas(plot), button, pos=start)
    for step in range(1, 6):
        QTest.qWait(20)
        move_mouse(plot, QPointF(start + (end - start) * step / 5), button)
    QTest.mouseRelease(canvas(plot), button, pos=end)


def move_mouse(plot: Plot, here: QPointF, held: Qt.MouseButton = Qt.MouseButton.NoButton) -> None:
    """Move the mouse over the canvas, with a button held or none."""
    none = Qt.MouseButton.NoButton
    event = QMouseEvent(
        QEvent.Type.MouseMove, here, canvas(plot).mapToGlobal(here), none, held, Qt.KeyboardModifier.NoModifier
    )
    QApplication.sendEvent(canvas(plot), event)
