"""Deliver mouse and keys as the window system does: to the widget under the mouse, and to the focus."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QWindow
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QScrollArea, QWidget
from pytestqt.qtbot import QtBot

from tests.support.reading import activate
from tests.support.studio import PATIENCE_MS

NONE = Qt.KeyboardModifier.NoModifier
CONTROL = Qt.KeyboardModifier.ControlModifier


class Hands:
    """The hands of a person at a window.

    Args:
        window: the window.
        bot: waits for what the hands need.
    """

    def __init__(self, window: QWidget, bot: QtBot) -> None:
        self._window, self._bot = window, bot

    def click(self, widget: QWidget, at: QPoint | None = None) -> None:
        """Wait until a widget is on show and enabled, scroll to it, and click at a point of it, or at its center."""
        self._bot.waitUntil(lambda: widget.isVisible() and widget.isEnabled(), timeout=PATIENCE_MS)
        self._scroll_to(widget)
        place = widget.mapTo(widget.window(), at or widget.rect().center())
        under = widget.window().childAt(place)
        assert under is not None and (under is widget or widget.isAncestorOf(under)), f"{under} covers {widget}"
        QTest.mouseClick(_handle(widget), Qt.MouseButton.LeftButton, NONE, place)

    def press(self, key: Qt.Key, modifier: Qt.KeyboardModifier = NONE) -> None:
        """Press a key in the window."""
        self._activate()
        QTest.keyClick(_handle(self._window), key, modifier)

    def type_text(self, text: str) -> None:
        """Replace the text of the widget that has the focus."""
        self._activate()
        QTest.keyClick(_handle(self._window), Qt.Key.Key_A, CONTROL)
        for letter in text:
            QTest.keyClick(_handle(self._window), letter)  # type: ignore[call-overload]  # missing in its stubs

    def _activate(self) -> None:
        if not self._window.isActiveWindow():
            activate(self._bot, self._window)

    def _scroll_to(self, widget: QWidget) -> None:
        """Scroll all areas around a widget, from the outside in, once they have their layout."""
        QApplication.processEvents()
        around, areas = widget.parentWidget(), []
        while around is not None:
            if isinstance(around, QScrollArea):
                areas.append(around)
            around = around.parentWidget()
        for area in reversed(areas):
            area.ensureWidgetVisible(widget)


def _handle(widget: QWidget) -> QWindow:
    handle = widget.window().windowHandle()
    assert handle is not None
    return handle
