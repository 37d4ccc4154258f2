"""The dialog for the note on a run."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QPlainTextEdit, QVBoxLayout, QWidget

from dreamer_studio.library.labels import MOST_NOTE
from dreamer_studio.studio.widgets.text import plain_label

LINES = 8
LETTERS = 56


class NoteDialog(QDialog):
    """A field for a note of several lines. Tab leaves the field, so that the buttons can be reached by keys."""

    noted = Signal(str)
    """Emitted with the note when the user accepts it."""

    def __init__(self, name: str, note: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Note")
        self.text = QPlainTextEdit(note)
        self.text.setTabChangesFocus(True)
        self.text.setAccessibleName(f"Note on {name}")
        self.text.selectAll()
        metrics = self.text.fontMetrics()
        self.text.setMinimumSize(LETTERS * metrics.averageCharWidth(), LINES * metrics.lineSpacing())
        label = plain_label(f"Note on {name}:")
        down = QVBoxLayout(self)
        down.addWidget(label)
        down.addWidget(self.text)
        standard = QDialogButtonBox.StandardButton
        buttons = QDialogButtonBox(standard.Save | standard.Cancel, parent=self)
        down.addWidget(buttons)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        self.accepted.connect(lambda: self.noted.emit(self.text.toPlainText()[:MOST_NOTE]))
