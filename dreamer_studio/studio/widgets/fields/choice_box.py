"""Boxes to choose one of several words."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtWidgets import QComboBox, QLabel

from dreamer_studio.studio.widgets.fields.manners import mannerly


def choice_box(name: str, words: Iterable[str] = (), tip: str = "", *, label: QLabel | None = None) -> QComboBox:
    """Make a box with a choice of words.

    Args:
        name: The name for screen readers.
        words: The first choices.
        tip: The tooltip.
        label: A visible label of the box. Without one, a hidden label carries the name, because on Linux screen
            readers name a box by its label and otherwise by its value.
    """
    box = QComboBox()
    box.addItems(list(words))
    box.setToolTip(tip)
    name_box(box, name, label)
    mannerly(box)
    return box


def name_box(box: QComboBox, name: str, label: QLabel | None = None) -> None:
    """Name a box for screen readers, by its visible label or a hidden one."""
    box.setAccessibleName(name)
    if label is None:
        label = QLabel(name, box)
        label.hide()
    label.setBuddy(box)
