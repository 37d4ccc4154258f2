"""The scatter of predicted against received numbers."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QApplication, QMainWindow, QToolTip
from pytestqt.qtbot import QtBot

from dreamer_studio.studio.theme import DARK, Theme
from dreamer_studio.studio.trust.scatter import Scatter
from dreamer_studio.trust.gauge import Points
from tests.support.pixels import count


def test_that_the_tooltip_of_a_point_has_the_style_of_its_window(theme: Theme, qtbot: QtBot) -> None:
    window = QMainWindow()
    qtbot.addWidget(window)
    theme.dress(window)
    scatter = Scatter(theme, name="Rewards", empty_text="empty")
    window.setCentralWidget(scatter)
    numbers = np.arange(4.0)
    scatter.show_points(Points(numbers, numbers, np.zeros(4, np.int64), np.arange(4)))
    window.resize(300, 300)
    window.show()
    place = scatter.position(2).toPoint()
    qtbot.mouseMove(scatter, place)
    QApplication.sendEvent(scatter, QHelpEvent(QEvent.Type.ToolTip, place, scatter.mapToGlobal(place)))
    assert QToolTip.text().startswith("received 2, predicted 2")
    (tip,) = (widget for widget in QApplication.topLevelWidgets() if widget.inherits("QTipLabel"))
    assert count(tip, DARK.border) > 2 * tip.width()
    QToolTip.hideText()
    qtbot.waitUntil(lambda: not QToolTip.isVisible())
