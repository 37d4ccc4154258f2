"""The texts of painted widgets for screen readers: a role, and a value in words."""

from __future__ import annotations

from typing import ClassVar, Protocol, cast, runtime_checkable

from PySide6.QtCore import QObject
from PySide6.QtGui import QAccessible, QAccessibleInterface
from PySide6.QtWidgets import QAccessibleWidget, QWidget


@runtime_checkable
class Speaking(Protocol):
    """A painted widget that can put its contents into words.

    Attributes:
        spoken_role: what the widget is, such as a graphic or a chart.
    """

    spoken_role: ClassVar[QAccessible.Role]

    def spoken(self) -> str:
        """Return the contents in words."""
        ...


@runtime_checkable
class Captioned(Protocol):
    """A frame around a widget with words that describe it, such as a card."""

    def spoken_caption(self) -> str:
        """Return the words."""
        ...


def caption_around(widget: QWidget) -> str:
    """Return the words of the nearest frame around a widget, or an empty text."""
    above = widget.parentWidget()
    while above is not None:
        if isinstance(above, Captioned):
            return above.spoken_caption()
        above = above.parentWidget()
    return ""


def install_speech() -> None:
    """Let screen readers hear the painted widgets. A second call does nothing."""
    if not _installed:
        _installed.append(True)
        QAccessible.installFactory(_interface_of)


class _Interface(QAccessibleWidget):
    def __init__(self, widget: QWidget, role: QAccessible.Role) -> None:
        super().__init__(widget, role)

    def text(self, kind: QAccessible.Text) -> str:
        """Return the contents as the value, and Qt's texts otherwise."""
        if kind is not QAccessible.Text.Value:
            return super().text(kind)
        widget = self.object()
        return widget.spoken() if isinstance(widget, Speaking) else ""


_installed: list[bool] = []


def _interface_of(_: str, thing: QObject) -> QAccessibleInterface | None:
    if isinstance(thing, QWidget) and isinstance(thing, Speaking):
        return _Interface(cast(QWidget, thing), thing.spoken_role)
    return None
