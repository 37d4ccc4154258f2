"""The page with all runs while no run is open."""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from dreamer_studio.studio.actions import Scope, action, in_words
from dreamer_studio.studio.runs.board import MARGIN, RunsBoard
from dreamer_studio.studio.theme import Theme
from dreamer_studio.studio.widgets.keys import pressed
from dreamer_studio.studio.widgets.layout.stage import Stage
from dreamer_studio.studio.widgets.scroll import scrolled
from dreamer_studio.studio.widgets.text import scaled_font


class RunsPage(QWidget):
    """A title and a way back above the board of runs.

    Attributes:
        board: the list and the plots.
        back: the button that leads to the start page.
    """

    backWanted: ClassVar[Signal] = Signal()
    """Emitted when the user wants the start page."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.board = RunsBoard(theme)
        self.back = QPushButton("Start page")
        self.back.setToolTip(f"Go back to the start page ({in_words(action('runs.back'))})")
        self.back.clicked.connect(self.backWanted)
        title = QLabel("Runs")
        title.setFont(scaled_font(title.font(), 1.4))
        head = QHBoxLayout()
        head.setContentsMargins(MARGIN, MARGIN, MARGIN, 0)
        head.addWidget(title)
        head.addStretch(1)
        head.addWidget(self.back)
        down = QVBoxLayout(self)
        down.setContentsMargins(0, 0, 0, 0)
        down.setSpacing(0)
        down.addLayout(head)
        down.addWidget(scrolled(Stage(self.board)), 1)
        self.setAccessibleName("Runs")
        self.setFocusProxy(self.board)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go back to the start page."""
        if pressed(Scope.RUNS, event.key()) == "runs.back":
            self.backWanted.emit()
        else:
            super().keyPressEvent(event)
