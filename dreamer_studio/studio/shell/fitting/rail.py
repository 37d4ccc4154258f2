"""A narrow bar at the edge of the window with a button for each folded dock."""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import (
    QDockWidget,
    QMainWindow,
    QStyle,
    QStyleOptionToolButton,
    QStylePainter,
    QToolBar,
    QToolButton,
    QWidget,
)


class Rail(QToolBar):
    """Names the folded docks of one side, and unfolds them."""

    wanted: ClassVar[Signal] = Signal(QDockWidget)
    """Emitted when the user asks for a folded dock."""

    def __init__(self, window: QMainWindow, area: Qt.ToolBarArea) -> None:
        super().__init__("Folded docks")
        self._docks: tuple[QDockWidget, ...] = ()
        self.setObjectName("left-rail" if area is Qt.ToolBarArea.LeftToolBarArea else "right-rail")
        self.setMovable(False)
        self.toggleViewAction().setVisible(False)
        window.addToolBar(area, self)
        self.hide()

    @property
    def docks(self) -> tuple[QDockWidget, ...]:
        """Return the folded docks."""
        return self._docks

    def show_docks(self, docks: tuple[QDockWidget, ...]) -> None:
        """Show a button for each of these docks; without any, hide."""
        self.setVisible(bool(docks))
        if docks == self._docks:
            return
        self._docks = docks
        self.clear()
        for dock in docks:
            button = RailButton(dock.windowTitle())
            button.setToolTip(f"Show the {dock.windowTitle()} dock")
            button.clicked.connect(lambda _=False, dock=dock: self.wanted.emit(dock))
            self.addWidget(button)


class RailButton(QToolButton):
    """A button whose text reads upward."""

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setText(text)
        self.setAccessibleName(text)

    def sizeHint(self) -> QSize:
        """Return the size of an ordinary button on its side."""
        return super().sizeHint().transposed()

    def minimumSizeHint(self) -> QSize:
        """Return the full size, because the text is never cut."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint an ordinary button, turned."""
        painter, option = QStylePainter(self), QStyleOptionToolButton()
        self.initStyleOption(option)
        option.rect = option.rect.transposed()
        painter.translate(0, self.height())
        painter.rotate(-90)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ToolButton, option)
