"""The Runs workspace of an open run."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from dreamer_studio.studio.runs.board import RunsBoard
from dreamer_studio.studio.theme import Theme
from dreamer_studio.studio.workspace import Workspace


class RunsWorkspace(Workspace):
    """Shows all runs, with the same board that the window shows without an open run.

    Attributes:
        board: the list and the plots.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.board = RunsBoard(theme)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.board)
        self.setFocusProxy(self.board)
