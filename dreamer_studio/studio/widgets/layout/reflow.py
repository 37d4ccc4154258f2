"""The base of widgets whose children take other places when the width changes."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QEvent, QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

GAP = 6


class Reflow(QWidget):
    """Places its children itself, without a `QLayout`.

    The least width is that of the narrowest form, so a scroll area never scrolls sideways. The least height is that of
    the form for the current width.
    """

    def __init__(self, children: Iterable[QWidget] = (), *, gap: int = GAP, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._gap = gap
        self._items: list[QWidget] = []
        self._told: QSize | None = None
        for child in children:
            self.add_item(child)

    def add_item(self, child: QWidget) -> None:
        """Add a child after the others."""
        child.setParent(self)
        child.show()
        self._items.append(child)
        self.updateGeometry()

    def set_items(self, children: Iterable[QWidget]) -> None:
        """Show these children in this order. The owner hides and deletes the other children."""
        self._items = []
        for child in children:
            self.add_item(child)
        self._place()
        self._tell()

    @property
    def shown(self) -> list[QWidget]:
        """Return the children that are not hidden, in their order."""
        return [item for item in self._items if not item.isHidden()]

    def minimumSizeHint(self) -> QSize:
        """Return the width of the narrowest form, and the least height at the current width."""
        return QSize(self._least_width(), self._least_height(self.width()))

    def sizeHint(self) -> QSize:
        """Return the size that the children prefer at the current width."""
        return QSize(self._wanted_width(), self.wanted_height(self.width()))

    def event(self, event: QEvent) -> bool:
        """Place the children again after one of them has changed its size or is hidden."""
        if event.type() is QEvent.Type.LayoutRequest:
            self._place()
            self._tell()
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Place the children in the new room."""
        super().resizeEvent(event)
        self._place()
        self._tell()

    def _tell(self) -> None:
        """Ask the parent for another height if this width needs one."""
        needed = self.minimumSizeHint()
        if needed != self._told:
            self._told = needed
            self.updateGeometry()

    def _least_width(self) -> int:
        return max((least(item).width() for item in self.shown), default=0)

    def _wanted_width(self) -> int:
        return sum(item.sizeHint().width() for item in self.shown) + self._gap * max(0, len(self.shown) - 1)

    def _least_height(self, width: int) -> int:
        raise NotImplementedError

    def wanted_height(self, width: int) -> int:
        """Return the height that the children prefer at a width."""
        raise NotImplementedError

    def _place(self) -> None:
        raise NotImplementedError


def least(widget: QWidget) -> QSize:
    """Return the least size of a widget: its own limit, or what its contents need."""
    return widget.minimumSizeHint().expandedTo(widget.minimumSize()).boundedTo(widget.maximumSize())
