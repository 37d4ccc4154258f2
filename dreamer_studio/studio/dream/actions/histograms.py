"""A histogram for each dimension of the actions, or a bar for each choice."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from dreamer_studio.studio.theme import Palette, Theme
from dreamer_studio.studio.widgets.text import scaled_font
from dreamer_studio.viewing.actions.messages import ActionCounts
from dreamer_studio.viewing.role import Role

CELL = QSize(170, 92)
"""Least size of a dimension's histogram, in pixels."""

BAR = 24
"""Height of a choice's bar, in pixels."""

_LINE = 18


class ActionHistograms(QWidget):
    """Paints the counts: a small histogram for each dimension from -1 to 1, or a bar for each choice."""

    def __init__(self, theme: Theme, empty_text: str, parent: QWidget | None = None) -> None:
        """Make empty histograms. `empty_text` says what will fill them, and when."""
        super().__init__(parent)
        self._palette = theme.palette
        self._empty_text = empty_text
        self._names: Sequence[str] = ()
        self._counts: ActionCounts | None = None
        self.setFont(scaled_font(self.font(), 0.9))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.MinimumExpanding)
        self.setAccessibleName("Histograms of actions")
        self.setAccessibleDescription(empty_text)
        theme.changed.connect(self._restyle)

    def set_names(self, names: Sequence[str]) -> None:
        """Name the dimensions or choices, (A,)."""
        self._names = tuple(names)

    def show_counts(self, counts: ActionCounts) -> None:
        """Show counts."""
        self._counts = counts
        self.setAccessibleDescription("; ".join(f"{name}: {said}" for name, said in self.words()))
        self._set_height()
        self.update()

    def words(self) -> list[tuple[str, str]]:
        """Return the words for each dimension or choice: its name, and a share in percent."""
        counts = self._counts
        if counts is None:
            return []
        if counts.discrete:
            return [
                (name, f"{made / max(1, counts.steps):.0%} of the steps")
                for name, made in zip(self._names, counts.counts[:, 0], strict=False)
            ]
        return [
            (name, f"{share:.0%} at its limits") for name, share in zip(self._names, counts.saturated, strict=False)
        ]

    def minimumSizeHint(self) -> QSize:
        """Return the width of one histogram."""
        return QSize(CELL.width(), CELL.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put as many histograms side by side as fit."""
        super().resizeEvent(event)
        self._set_height()

    def paintEvent(self, _: QPaintEvent) -> None:
        """Paint all histograms, or the empty text."""
        painter = QPainter(self)
        counts = self._counts
        if counts is None:
            painter.setPen(QColor(self._palette.muted))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, self._empty_text)
            return
        words = self.words()
        for place, (name, said) in enumerate(words):
            if counts.discrete:
                self._paint_bar(painter, counts, place, name, said)
            else:
                self._paint_histogram(painter, counts, place, name, said)

    def _across(self) -> int:
        return max(1, self.width() // CELL.width())

    def _set_height(self) -> None:
        counts = self._counts
        if counts is None:
            return
        size = len(counts.counts)
        height = size * BAR if counts.discrete else -(-size // self._across()) * CELL.height()
        if height != self.minimumHeight():
            self.setMinimumHeight(height)

    def _paint_histogram(self, painter: QPainter, counts: ActionCounts, place: int, name: str, said: str) -> None:
        across = self._across()
        wide = self.width() // across
        box = QRect((place % across) * wide, (place // across) * CELL.height(), wide, CELL.height())
        inside = box.adjusted(4, _LINE, -8, -8)
        self._write(painter, QRect(inside.left(), box.top(), inside.width(), _LINE), name, said)
        row = counts.counts[place]
        most = max(1, int(row.max()))
        painter.setPen(QColor(self._palette.border))
        painter.drawLine(inside.bottomLeft(), inside.bottomRight())
        painter.drawLine(inside.center().x(), inside.top(), inside.center().x(), inside.bottom())
        for bin_, count in enumerate(row):
            left = inside.left() + bin_ * inside.width() // len(row)
            right = inside.left() + (bin_ + 1) * inside.width() // len(row)
            height = round(int(count) / most * inside.height())
            edge = bin_ in (0, len(row) - 1)
            color = self._palette.of(Role.WARN if edge else Role.REAL)
            painter.fillRect(QRect(left, inside.bottom() - height, max(1, right - left - 1), height), QColor(color))

    def _paint_bar(self, painter: QPainter, counts: ActionCounts, place: int, name: str, said: str) -> None:
        names = max((painter.fontMetrics().horizontalAdvance(each) for each in self._names), default=0)
        left, end = min(names, self.width() // 3) + 8, painter.fontMetrics().horizontalAdvance("100% of the steps") + 8
        box = QRect(0, place * BAR, self.width(), BAR)
        share = int(counts.counts[place, 0]) / max(1, counts.steps)
        painter.setPen(QColor(self._palette.muted))
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        elided = painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideMiddle, left - 8)
        painter.drawText(QRect(0, box.top(), left - 8, BAR), flags, elided)
        room = max(1, self.width() - left - end)
        painter.fillRect(QRect(left, box.top() + 5, room, BAR - 10), QColor(self._palette.raised))
        painter.fillRect(QRect(left, box.top() + 5, round(share * room), BAR - 10), QColor(self._palette.of(Role.REAL)))
        painter.drawText(QRect(left + room + 8, box.top(), end, BAR), flags, said)

    def _write(self, painter: QPainter, box: QRect, name: str, said: str) -> None:
        metrics = painter.fontMetrics()
        painter.setPen(QColor(self._palette.muted))
        right = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
        painter.drawText(box, right, said)
        room = box.width() - metrics.horizontalAdvance(said) - 6
        painter.setPen(QColor(self._palette.text))
        left = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        painter.drawText(box, left, metrics.elidedText(name, Qt.TextElideMode.ElideMiddle, room))

    def _restyle(self, palette: Palette) -> None:
        self._palette = palette
        self.update()
