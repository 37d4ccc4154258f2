"""Cards in equal cells, in as many columns as fit."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QRect
from PySide6.QtWidgets import QSizePolicy, QWidget

from dreamer_studio.studio.widgets.layout.reflow import GAP, Reflow, least


class CardGrid(Reflow):
    """Fills its room with its children, row by row.

    The rows are even: six cards stand in rows of 6, 3, 2 or 1, so that no row has a gap. Five cards leave one.

    Args:
        children: the cards.
        cell: the least width of a cell in pixels.
        most: the most columns; 0 for no limit.
        gap: pixels between two cells.
        parent: the owner.
    """

    def __init__(
        self,
        children: Iterable[QWidget] = (),
        *,
        cell: int = 180,
        most: int = 0,
        gap: int = GAP,
        parent: QWidget | None = None,
    ) -> None:
        self._cell, self._most = cell, most
        super().__init__(children, gap=gap, parent=parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def set_most(self, most: int) -> None:
        """Set the most columns; 0 for no limit."""
        if most != self._most:
            self._most = most
            self._place()
            self._tell()

    def columns(self, width: int) -> int:
        """Return the number of columns at a width."""
        count = max(1, len(self.shown))
        fit = max(1, (width + self._gap) // (max(self._cell, self._least_width()) + self._gap))
        fit = min(fit, count, self._most or count)
        return -(-count // -(-count // fit))  # the fewest columns that keep the number of rows

    def _least_height(self, width: int) -> int:
        return self._height(width, [least(item).height() for item in self.shown])

    def wanted_height(self, width: int) -> int:
        """Return the height of all rows at a width, if each card has its preferred height."""
        return self._height(width, [item.sizeHint().height() for item in self.shown])

    def _height(self, width: int, heights: list[int]) -> int:
        """Return the height of all rows, each as high as the highest card."""
        rows = -(-len(heights) // self.columns(width)) if heights else 0
        return rows * max(heights, default=0) + self._gap * max(0, rows - 1)

    def _place(self) -> None:
        shown = self.shown
        if not shown:
            return
        columns = self.columns(self.width())
        rows = -(-len(shown) // columns)
        for place, item in enumerate(shown):
            row, column = divmod(place, columns)
            across = min(columns, len(shown) - row * columns)  # the last row fills the width too
            left, right = _edges(self.width(), across, column, self._gap)
            top, bottom = _edges(self.height(), rows, row, self._gap)
            item.setGeometry(QRect(left, top, right - left, bottom - top))


def _edges(room: int, parts: int, part: int, gap: int) -> tuple[int, int]:
    """Return the first pixel of a part, and the first pixel after it; together the parts fill the room."""
    share = (room - gap * (parts - 1)) / parts
    start = part * (share + gap)
    return round(start), round(start + share)
