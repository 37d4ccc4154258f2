"""Enlarges a part of a page, such as the card of an image, until it fills the page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QApplication,
    QSplitterHandle,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from dreamer_studio.studio.actions import Scope
from dreamer_studio.studio.widgets.keys import pressed

_PART, _LARGE = "stagePart", "stageLarge"


def set_part(widget: QWidget) -> None:
    """Let the stage around a widget enlarge it."""
    widget.setProperty(_PART, True)


def part_of(widget: QWidget | None) -> QWidget | None:
    """Return the nearest part around a widget, or None."""
    while widget is not None and not widget.property(_PART):
        widget = widget.parentWidget()
    return widget


def is_large(part: QWidget) -> bool:
    """Return whether a part is enlarged now."""
    return bool(part.property(_LARGE))


def toggle_large(widget: QWidget) -> bool:
    """Enlarge the part around a widget, or return it to its place. Return False if there is no part or no stage."""
    part = part_of(widget)
    stage = part
    while stage is not None and not isinstance(stage, Stage):
        stage = stage.parentWidget()
    if part is None or not isinstance(stage, Stage):
        return False
    if stage.large == (part,):
        stage.restore()
    else:
        stage.enlarge((part,))
    return True


class Stage(QWidget):
    """Holds a page. To enlarge parts of the page, the stage hides everything else on it.

    Enter enlarges the part with the focus. Esc shows the whole page again; so does the deletion of an enlarged part.
    """

    changed: ClassVar[Signal] = Signal()
    """Emitted when parts are enlarged, or when the whole page is shown again."""

    def __init__(self, page: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._page = page
        self._hidden: list[QWidget] = []
        self._large: tuple[QWidget, ...] = ()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(page)
        self.setFocusProxy(page)

    @property
    def page(self) -> QWidget:
        """Return the page."""
        return self._page

    @property
    def large(self) -> tuple[QWidget, ...]:
        """Return the enlarged parts; empty if the whole page is on show."""
        return self._large

    def enlarge(self, parts: Sequence[QWidget]) -> None:
        """Let these parts of the page share all its room."""
        self._show_all()
        focus = QApplication.focusWidget()
        self._large = tuple(parts)
        kept = {id(widget) for part in parts for widget in self._chain(part)}
        for part in parts:
            for ancestor in self._chain(part)[1:]:
                self._hide_others(ancestor, kept)
            part.setProperty(_LARGE, True)
            part.destroyed.connect(self.restore, Qt.ConnectionType.QueuedConnection)
        self._give_focus(focus)
        self.changed.emit()

    def restore(self) -> None:
        """Show the whole page again."""
        if self._large:
            self._show_all()
            self.changed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enlarge the part with the focus, or show the whole page again."""
        action, focus = pressed(Scope.CARD, event.key()), QApplication.focusWidget()
        if action == "card.restore" and self._large:
            self.restore()
        elif action == "card.enlarge" and isinstance(focus, QAbstractButton):
            focus.click()
        elif action != "card.enlarge" or focus is None or not toggle_large(focus):
            super().keyPressEvent(event)

    def _chain(self, part: QWidget) -> list[QWidget]:
        """Return a part and all its ancestors up to the stage."""
        chain = [part]
        while chain[-1] is not self:
            above = chain[-1].parentWidget()
            assert above is not None, "the part is not on this stage"
            chain.append(above)
        return chain

    def _hide_others(self, ancestor: QWidget, kept: set[int]) -> None:
        if isinstance(ancestor, QAbstractScrollArea):  # its other children are scroll bars
            return
        for child in ancestor.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly):
            skip = id(child) in kept or child.isHidden() or child.isWindow() or isinstance(child, QSplitterHandle)
            if not skip:
                child.hide()
                self._hidden.append(child)

    def _show_all(self) -> None:
        for part in filter(isValid, self._large):
            part.setProperty(_LARGE, False)
            part.destroyed.disconnect(self.restore)
        for widget in filter(isValid, self._hidden):
            if self.isAncestorOf(widget):  # a widget that left the page would become a window
                widget.show()
        self._hidden, self._large = [], ()

    def _give_focus(self, before: QWidget | None) -> None:
        """Keep the focus inside the enlarged parts, so that their keys work."""
        if before is not None and any(part is before or part.isAncestorOf(before) for part in self._large):
            before.setFocus()
            return
        stops = [
            widget
            for part in self._large
            for widget in part.findChildren(QWidget)
            if widget.focusPolicy() & Qt.FocusPolicy.TabFocus
            and widget.focusProxy() is None
            and widget.isVisibleTo(self)
            and not isinstance(widget, QAbstractButton)
        ]
        if stops:
            min(stops, key=lambda widget: not widget.focusPolicy() & Qt.FocusPolicy.ClickFocus).setFocus()
