"""Buttons that leave the keys to the panel, and pairs that start and cancel some work."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton


def push_button(text: str, tip: str = "") -> QPushButton:
    """Make a button that takes the focus by Tab only, so that the keys still go to the same widget after a click."""
    button = QPushButton(text)
    button.setToolTip(tip)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button


def enable_pair(start: QPushButton, cancel: QPushButton, *, working: bool, startable: bool) -> None:
    """Enable the button that starts some work, or the one that cancels the work.

    The focus stays within the pair. A gray button would hand its focus to a widget far away.
    """
    used, other = (cancel, start) if working else (start, cancel)
    used.setEnabled(working or startable)
    if other.hasFocus():
        used.setFocus()
    other.setEnabled(False)
