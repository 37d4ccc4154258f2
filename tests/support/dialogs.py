"""Answer open dialogs with keys, as a person does."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit

from tests.support.reading import activate
from tests.support.studio import PATIENCE_MS, Studio


def choose_file(studio: Studio, path: Path) -> None:
    """Type a path in the file dialog that is open, and press Enter."""
    _type_and_press(studio, path, Qt.Key.Key_Return)


def choose_no_file(studio: Studio, path: Path) -> None:
    """Type a path in the file dialog that is open, and press Esc."""
    _type_and_press(studio, path, Qt.Key.Key_Escape)


def _type_and_press(studio: Studio, path: Path, key: Qt.Key) -> None:
    """Type into the field that has the focus as the dialog opens. Then keys go to the window again."""
    bot = studio.bot
    bot.waitUntil(lambda: _focus() is not None, timeout=PATIENCE_MS)
    field = _focus()
    bot.keyClick(field, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    bot.keyClicks(field, str(path))
    bot.keyClick(field, key)
    bot.waitUntil(lambda: QApplication.activeModalWidget() is None, timeout=PATIENCE_MS)
    activate(bot, studio.window)


def _focus() -> QLineEdit | None:
    dialog, field = QApplication.activeModalWidget(), QApplication.focusWidget()
    return field if isinstance(dialog, QFileDialog) and isinstance(field, QLineEdit) else None
