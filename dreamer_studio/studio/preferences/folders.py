"""The folders in which the start page looks for runs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from dreamer_studio.studio.widgets.folder_dialog import ask_for_folder

ROWS: Final = 4
"""Rows on show without scrolling."""


class FoldersList(QWidget):
    """Lists the default folder and the added ones, and changes the added ones.

    Args:
        default: the folder of the program, which cannot be removed.
        added: the other folders.
    """

    changed: ClassVar[Signal] = Signal(object)
    """Emitted with all added folders, a tuple of absolute paths as text."""

    def __init__(self, default: Path, added: Sequence[str]) -> None:
        super().__init__()
        self.list = QListWidget()
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.list.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)  # else no text is shortened
        self.list.setFixedHeight(ROWS * self.list.fontMetrics().lineSpacing() + 2 * ROWS + 8)
        self.list.setAccessibleName("Folders of runs")
        first = QListWidgetItem(f"{default} (new runs go here)")
        first.setToolTip(str(default))
        self.list.addItem(first)
        for folder in added:
            self._append(folder)
        self.add, self.remove = QPushButton("A&dd..."), QPushButton("Re&move")
        self.remove.setToolTip("Do not list the runs of this folder; nothing is deleted")
        for button in (self.add, self.remove):
            button.setAutoDefault(False)
        self.setFocusProxy(self.list)
        self._lay_out()
        self.list.currentRowChanged.connect(lambda row: self.remove.setEnabled(row > 0))
        self.list.setCurrentRow(0)
        self.add.clicked.connect(self._choose)
        self.remove.clicked.connect(self._remove_selected)

    @property
    def added(self) -> tuple[str, ...]:
        """Return the added folders."""
        return tuple(self.list.item(row).toolTip() for row in range(1, self.list.count()))

    def add_folder(self, folder: str) -> None:
        """Add a folder, unless the list has it already."""
        path = str(Path(folder).absolute())
        if path in {self.list.item(row).toolTip() for row in range(self.list.count())}:
            return
        self._append(path)
        self.list.setCurrentRow(self.list.count() - 1)
        self.changed.emit(self.added)

    def _append(self, folder: str) -> None:
        item = QListWidgetItem(folder)
        item.setToolTip(folder)
        self.list.addItem(item)

    def _choose(self) -> None:
        ask_for_folder(self, "Add a folder of runs", lambda folder: self.add_folder(str(folder)))

    def _remove_selected(self) -> None:
        if self.list.currentRow() > 0:
            self.list.takeItem(self.list.currentRow())
            self.changed.emit(self.added)

    def _lay_out(self) -> None:
        buttons = QVBoxLayout()
        buttons.addWidget(self.add)
        buttons.addWidget(self.remove)
        buttons.addStretch(1)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.list, 1)
        layout.addLayout(buttons)
