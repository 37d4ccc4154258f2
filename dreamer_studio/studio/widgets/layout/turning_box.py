"""Parts side by side, or one above the other if the width is too small."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect
from PySide6.QtWidgets import QSizePolicy, QWidget

from dreamer_studio.studio.widgets.layout.reflow import GAP, Reflow, least


class TurningBox(Reflow):
    """Shares its room among its children: the width if they stand side by side, else the height.

    Args:
        parts: the children, each with its share of the room.
        beside: the least width at which the children stand side by side.
        gap: pixels between two children.
        parent: the owner.
    """

    def __init__(
        self, parts: Sequence[tuple[QWidget, int]], *, beside: int, gap: int = GAP, parent: QWidget | None = None
    ) -> None:
        self._shares = {id(widget): share for widget, share in parts}
        self._beside = beside
        super().__init__([widget for widget, _ in parts], gap=gap, parent=parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def is_beside(self, width: int) -> bool:
        """Return whether the children stand side by side at a width."""
        together = sum(least(item).width() for item in self.shown) + self._gap * max(0, len(self.shown) - 1)
        return width >= max(self._beside, together)

    def _least_height(self, width: int) -> int:
        return self._height(width, [least(item).height() for item in self.shown])

    def wanted_height(self, width: int) -> int:
        """Return the height at a width, if each child has its preferred height."""
        return self._height(width, [item.sizeHint().height() for item in self.shown])

    def _height(self, width: int, heights: list[int]) -> int:
        if self.is_beside(width):
            return max(heights, default=0)
        return sum(heights) + self._gap * max(0, len(heights) - 1)

    def _place(self) -> None:
        shown, beside = self.shown, self.is_beside(self.width())
        room = (self.width() if beside else self.height()) - self._gap * (len(shown) - 1)
        sizes = [least(item) for item in shown]
        shares = [self._shares.get(id(item), 1) for item in shown]
        start = 0
        for item, length in zip(
            shown, _lengths(room, [s.width() if beside else s.height() for s in sizes], shares), strict=True
        ):
            box = QRect(start, 0, length, self.height()) if beside else QRect(0, start, self.width(), length)
            item.setGeometry(box)
            start += length + self._gap


def _lengths(room: int, least_lengths: list[int], shares: list[int]) -> list[int]:
    """Divide a room by shares; a part that needs more than its share gets its least length first."""
    lengths, left, open_shares = [0] * len(shares), room, sum(shares)
    waiting = sorted(range(len(shares)), key=lambda at: -least_lengths[at] / max(1, shares[at]))
    for at in waiting:
        wanted = left * shares[at] // open_shares if open_shares else 0
        lengths[at] = max(least_lengths[at], wanted)
        left, open_shares = left - lengths[at], open_shares - shares[at]
    return lengths
