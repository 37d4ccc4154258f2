"""A field for one setting: text, or a choice of words."""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtCore import QEvent, QSignalBlocker, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QWidget

from dreamer_studio.config import Option
from dreamer_studio.studio.widgets.fields.words_box import WordsBox

WIDTH = 16
"""Characters."""


class SettingField(QWidget):
    """Edits the value of a setting as text. The owner says whether the text is a value of the setting.

    Args:
        option: the setting.
        parent: the owner.
    """

    edited: ClassVar[Signal] = Signal(str)
    """Emitted with the text after the user has changed it."""

    def __init__(self, option: Option, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.editor: QLineEdit | QComboBox
        if "|" in option.range:
            self.editor = WordsBox(option.name, option.range.split("|"))
            self.editor.currentTextChanged.connect(self.edited)
        else:
            self.editor = QLineEdit()
            self.editor.textEdited.connect(self.edited)
        self.editor.setAccessibleName(option.name)
        self._fit()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.editor)
        self.setFocusProxy(self.editor)

    @property
    def text(self) -> str:
        """Return the text of the field."""
        return self.editor.text() if isinstance(self.editor, QLineEdit) else self.editor.currentText()

    def changeEvent(self, event: QEvent) -> None:
        """Keep the number of characters for another font."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.FontChange:
            self._fit()

    def _fit(self) -> None:
        self.editor.setFixedWidth(self.fontMetrics().averageCharWidth() * WIDTH)

    def set_text(self, text: str) -> None:
        """Set the text without reporting it."""
        if text == self.text:
            return
        with QSignalBlocker(self.editor):
            if isinstance(self.editor, QLineEdit):
                self.editor.setText(text)
            else:
                self.editor.setCurrentText(text)
