"""A row of small widgets that continues on the next line, like words."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QRect, QSize
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from dreamer_studio.studio.widgets.layout.reflow import GAP, Reflow, least


class FlowBar(Reflow):
    """Gives each child its preferred size, and breaks the line where the width ends."""

    def __init__(self, children: Iterable[QWidget] = (), *, gap: int = GAP, parent: QWidget | None = None) -> None:
        super().__init__(children, gap=gap, parent=parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def _least_height(self, width: int) -> int:
        boxes = self._boxes(width)
        return boxes[-1].bottom() + 1 if boxes else 0

    def wanted_height(self, width: int) -> int:
        """Return the height of all lines at a width."""
        return self._least_height(width)

    def _boxes(self, width: int) -> list[QRect]:
        """Return the place of each shown child; the lines are as high as their highest child."""
        lines: list[list[QRect]] = [[]]
        left = 0
        for item in self.shown:
            size = _preferred(item, width)
            if lines[-1] and left + size.width() > width:
                lines.append([])
                left = 0
            lines[-1].append(QRect(left, 0, size.width(), size.height()))
            left += size.width() + self._gap
        placed, top = [], 0
        for line in lines:
            height = max((box.height() for box in line), default=0)
            placed += [QRect(box.left(), top, box.width(), height) for box in line]
            top += height + self._gap
        return placed

    def _place(self) -> None:
        for item, box in zip(self.shown, self._boxes(self.width()), strict=True):
            item.setGeometry(box)


def _preferred(item: QWidget, width: int) -> QSize:
    """Return the size that a child prefers within a width.

    The height of a child that reflows is that of its new width: its own hint is for the width that it still has.
    """
    size = item.sizeHint().expandedTo(least(item))
    across = max(least(item).width(), min(size.width(), width))
    return QSize(across, item.wanted_height(across) if isinstance(item, Reflow) else size.height())


def together(*widgets: QWidget, gap: int = GAP) -> QWidget:
    """Return a widget that holds others, such as a label and its box, so that a flow bar keeps them in one line."""
    group = QWidget()
    row = QHBoxLayout(group)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(gap)
    for widget in widgets:
        row.addWidget(widget)
    return group
