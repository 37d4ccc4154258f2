"""A hint for a new user. The hint takes no focus, and one click removes it for good."""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtCore import Signal
from PySide6.QtGui import QAccessible, QAccessibleEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from dreamer_studio.studio.theme import Theme
from dreamer_studio.studio.widgets.button import push_button
from dreamer_studio.studio.widgets.chips import Chip
from dreamer_studio.studio.widgets.text import plain_label
from dreamer_studio.viewing.guidance.hints import Hint
from dreamer_studio.viewing.role import Role


class HintBar(QFrame):
    """Shows one hint at a time.

    Attributes:
        hint: the hint on show, or None.

    Args:
        theme: the colors.
    """

    followed: ClassVar[Signal] = Signal(str)
    """Emitted with the id of the action when the user follows the hint."""

    done: ClassVar[Signal] = Signal(str)
    """Emitted with the key of a hint that the user has followed or closed."""

    unwanted: ClassVar[Signal] = Signal()
    """Emitted when the user wants no more hints."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.hint: Hint | None = None
        self._text = plain_label(wrap=True)
        self._show_me, self._close = push_button("Show me"), push_button("Got it")
        self._never = push_button("No more hints")
        self._show_me.clicked.connect(self._follow)
        self._close.clicked.connect(self._finish)
        self._never.clicked.connect(self.unwanted)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 3, 12, 3)
        layout.addWidget(Chip(theme, "Hint", Role.OK))
        layout.addWidget(self._text, 1)
        for button in (self._show_me, self._close, self._never):
            layout.addWidget(button)
        self.hide()

    @property
    def text(self) -> str:
        """Return the text on show, empty if there is none."""
        return self._text.text() if self.hint is not None else ""

    def show_hint(self, hint: Hint | None) -> None:
        """Show a hint, or hide the bar."""
        if hint is self.hint:
            return
        self.hint = hint
        if hint is not None:
            self._text.setText(hint.text)
            self._show_me.setVisible(bool(hint.action))
            self.setAccessibleName(f"Hint: {hint.text}")
            QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.Alert))
        self.setVisible(hint is not None)

    def _follow(self) -> None:
        if self.hint is not None:
            action = self.hint.action
            self._finish()
            self.followed.emit(action)

    def _finish(self) -> None:
        if self.hint is not None:
            self.done.emit(self.hint.key)
