"""How a box for a value shares keys and wheel with the rest of the window."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractSpinBox, QComboBox, QLineEdit, QSlider, QWidget

from dreamer_studio.studio.actions import Scope, window_keys
from dreamer_studio.studio.widgets.fields.focus import go_home
from dreamer_studio.studio.widgets.keys import combination, pressed

_TYPED = set("0123456789+-.,eE \N{MINUS SIGN}")
"""Characters that belong to a number; all others pass to the actions of the window."""

_EDITS = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier


class Manners(QObject):
    """Filters the events of a box.

    The wheel changes only a box with the focus. Enter and Esc give the focus back; Esc restores the value first. In a
    number box, letters pass to the actions of the window. The window's own keys, such as Ctrl+E, win over the keys of
    the text field.
    """

    def __init__(self, box: QWidget) -> None:
        super().__init__(box)
        box.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Handle wheel and keys before the box does."""
        kind = event.type()
        if kind is QEvent.Type.Wheel and isinstance(watched, QWidget) and not watched.hasFocus():
            event.ignore()  # the area around the box scrolls instead
            return True
        if not isinstance(event, QKeyEvent) or not isinstance(watched, QWidget):
            return False
        if kind is QEvent.Type.ShortcutOverride:
            if _passes(watched, event):
                event.ignore()
                return True
        elif kind is QEvent.Type.KeyPress and _leaves(watched, event):
            event.accept()
            return True
        return False


def mannerly(box: QWidget) -> None:
    """Let a box share keys and wheel with the rest of the window, and take the focus by click or Tab only."""
    box.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    Manners(box)


def on_enter(box: QAbstractSpinBox, do: Callable[[], object]) -> None:
    """Call a function when Enter is pressed in a mannerly box, with the typed number as the box's value."""
    _OnEnter(box, do)


class _OnEnter(QObject):
    def __init__(self, box: QAbstractSpinBox, do: Callable[[], object]) -> None:
        super().__init__(box)
        self._do = do
        box.installEventFilter(self)  # filters run newest first, so before the box gives its focus back

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Note an Enter, and leave the key to the next filter."""
        if not isinstance(event, QKeyEvent) or not isinstance(watched, QAbstractSpinBox):
            return False
        if event.type() is QEvent.Type.KeyPress and pressed(Scope.FIELD, event.key()) == "field.enter":
            watched.interpretText()
            self._do()
        return False


def _passes(box: QWidget, event: QKeyEvent) -> bool:
    """Return whether a key belongs to the window and not to the box."""
    if event.modifiers() & _EDITS:
        if isinstance(box, QLineEdit) and event.matches(QKeySequence.StandardKey.Undo):
            return False
        return combination(event) in window_keys()
    return isinstance(box, QAbstractSpinBox) and event.text().isprintable() and not set(event.text()) <= _TYPED


def _leaves(box: QWidget, event: QKeyEvent) -> bool:
    """Give the focus back if the key says so, and return whether it does."""
    action = pressed(Scope.FIELD, event.key())
    if action not in {"field.enter", "field.cancel"} or isinstance(box, QSlider):
        return False
    if isinstance(box, QAbstractSpinBox):
        if action == "field.enter":
            box.interpretText()
        else:
            _restore(box)
    elif isinstance(box, QComboBox) and box.view().isVisible():
        return False
    go_home(box)
    return True


def _restore(box: QAbstractSpinBox) -> None:
    """Show the value again that a half-typed text would replace."""
    value = box.property("value")
    blocked = box.blockSignals(True)
    box.setProperty("value", value)
    box.blockSignals(blocked)
