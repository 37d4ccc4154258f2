"""Boxes for whole numbers."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSpinBox


def number_box(
    limits: tuple[int, int], value: int, name: str = "", tip: str = "", *, suffix: str = "", whole: bool = False
) -> QSpinBox:
    """Make a box for a number within limits.

    Args:
        limits: The least and the greatest number.
        value: The first number.
        name: The name for screen readers; empty if a label stands beside the box in a form.
        tip: The tooltip.
        suffix: The unit.
        whole: Whether the box reports a typed number only when it is complete, because each one causes much work.
    """
    box = QSpinBox()
    box.setRange(*limits)
    box.setValue(value)
    box.setSuffix(suffix)
    box.setToolTip(tip)
    if name:
        box.setAccessibleName(name)
    if whole:
        box.setKeyboardTracking(False)
        box.setFocusPolicy(Qt.FocusPolicy.StrongFocus)  # the wheel changes only a box that the user has chosen
    return box
