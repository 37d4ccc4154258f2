"""Read a window as a screen reader does."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QWidget

NAME, VALUE = QAccessible.Text.Name, QAccessible.Text.Value
CONTAINERS = {"QStackedWidget", "QSplitter", "QSplitterHandle"}


def name_of(widget: QWidget) -> str:
    """Return a widget's own name, or that of its label. On Linux, Qt answers the value of a list of choices."""
    if widget.accessibleName():
        return widget.accessibleName()
    told = QAccessible.queryAccessibleInterface(widget)
    for related, relation in told.relations():
        if relation & QAccessible.RelationFlag.Label:
            return related.text(NAME)
    return told.text(NAME)


def value_of(widget: QWidget) -> str:
    """Return what a screen reader says of a widget's contents."""
    return QAccessible.queryAccessibleInterface(widget).text(VALUE)


def role_of(widget: QWidget) -> QAccessible.Role:
    """Return what a screen reader calls a widget."""
    return QAccessible.queryAccessibleInterface(widget).role()


def nameless(root: QWidget) -> list[str]:
    """Return the visible widgets below `root` at which the keyboard stops and that have no name."""
    return [
        f"{type(widget).__name__} in {type(widget.parentWidget()).__name__}"
        for widget in root.findChildren(QWidget)
        if widget.isVisible()
        and widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and widget.focusProxy() is None
        and type(widget).__name__ not in CONTAINERS
        and not name_of(widget).strip()
    ]
