"""A box with a choice of words, for pages with many fields."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QComboBox, QLabel

from dreamer_studio.studio.widgets.fields.choice_box import name_box


class WordsBox(QComboBox):
    """Lets the user choose one of several words.

    The wheel changes only a box with the focus; otherwise the page scrolls. Unlike a `choice_box`, the box keeps the
    focus on Enter and Esc, which belong to the page.

    Args:
        name: The name for screen readers.
        words: The first choices.
        label: A visible label of the box. Without one, a hidden label carries the name.
    """

    def __init__(self, name: str, words: Iterable[str] = (), *, label: QLabel | None = None) -> None:
        super().__init__()
        self.addItems(list(words))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        name_box(self, name, label)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scroll the page, not the value, unless the user has chosen the box."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()
