"""Boxes for numbers."""

from __future__ import annotations

from PySide6.QtWidgets import QDoubleSpinBox, QSpinBox

from dreamer_studio.studio.widgets.fields.manners import mannerly


def number_box(
    limits: tuple[int, int], value: int, name: str = "", tip: str = "", *, suffix: str = "", whole: bool = False
) -> QSpinBox:
    """Make a box for a whole number within limits.

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
    mannerly(box)
    return box


def real_box(limits: tuple[float, float], value: float, step: float, name: str, tip: str = "") -> QDoubleSpinBox:
    """Make a box for a real number within limits; the arrows move by `step`."""
    box = QDoubleSpinBox()
    box.setRange(*limits)
    box.setSingleStep(step)
    box.setValue(value)
    box.setAccessibleName(name)
    box.setToolTip(tip)
    mannerly(box)
    return box
