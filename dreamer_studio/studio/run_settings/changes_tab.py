"""The settings that have changed during the run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QListWidget, QPushButton, QVBoxLayout, QWidget

from dreamer_studio.session import ChangeSetting
from dreamer_studio.studio.widgets.text import mute, plain_label
from dreamer_studio.viewing.run_settings.changes import SettingChange

NONE = "No setting has changed during this run."


class ChangesTab(QWidget):
    """Lists the changes, newest first, and takes the newest one back.

    Attributes:
        changes: the list.
        undo: the button.
    """

    commanded: ClassVar[Signal] = Signal(object)
    """Emitted with the `ChangeSetting` that takes a change back."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._to_undo: SettingChange | None = None
        self.changes = QListWidget()
        self.changes.setAccessibleName("Changed settings")
        self.undo = QPushButton("&Undo")
        self.undo.setAutoDefault(False)
        self.undo.clicked.connect(self._take_back)
        self._note = plain_label()
        mute(self._note)
        below = QHBoxLayout()
        below.addWidget(self._note, 1)
        below.addWidget(self.undo)
        layout = QVBoxLayout(self)
        layout.addWidget(self.changes, 1)
        layout.addLayout(below)
        self.setFocusProxy(self.changes)
        self.show_changes((), None)

    def show_changes(self, changes: Sequence[SettingChange], to_undo: SettingChange | None) -> None:
        """Show the changes, oldest first in `changes`, and the one that Undo takes back."""
        self._to_undo = to_undo
        self.changes.clear()
        self.changes.addItems([f"{change.step:,} steps: {change}" for change in reversed(changes)])
        self._note.setText(NONE if not changes else "Undo is a change as well, with its own flag in the curves.")
        self.undo.setEnabled(to_undo is not None)
        self.undo.setText("&Undo" if to_undo is None else f"&Undo {to_undo}")

    def _take_back(self) -> None:
        if self._to_undo is not None:
            self.commanded.emit(ChangeSetting(self._to_undo.name, self._to_undo.before))
