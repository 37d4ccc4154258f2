"""A button that leaves the keys to the panel."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton


def push_button(text: str, tip: str = "") -> QPushButton:
    """Make a button that takes the focus by Tab only, so that the keys still go to the same widget after a click."""
    button = QPushButton(text)
    button.setToolTip(tip)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button
