"""Use a plot as a person does: find its data on the canvas, and read its text under the mouse."""

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
    """Return x and y of each line that has points, as drawn: thinned to the available pixels."""
    drawn = [item.curve.getData() for item in drawing(plot).items() if isinstance(item, pg.PlotDataItem)]
    return [(x, y) for x, y in drawn if x is not None and len(x)]


def canvas(plot: Plot) -> QWidget:
    """Return the widget on which the lines are painted."""
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
    """Return the text beside the cursor; empty if there is none."""
    return plot.readout


def hover(plot: Plot, x: float) -> str:
    """Move the mouse to a position of the data and return what the plot says."""
    QTest.qWait(20)  # pyqtgraph drops events that come faster than those of a mouse
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
