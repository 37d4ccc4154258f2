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
        value: The first one.
        name: For screen readers; where it is empty, a label has to stand beside it in a form.
        tip: What it means.
        suffix: Its unit.
        whole: Whether a number that is typed counts only once it is whole, since each is much work.
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
        box.setFocusPolicy(Qt.FocusPolicy.StrongFocus)  # the wheel changes none that was not chosen
    return box
