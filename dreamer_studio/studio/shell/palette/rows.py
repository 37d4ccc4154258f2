"""The rows of the palette: the model, and the delegate that paints them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from dreamer_studio.studio.shell.palette.items import PaletteItem
from dreamer_studio.studio.theme import Theme
from dreamer_studio.studio.widgets.text import scaled_font

ITEM: Final = Qt.ItemDataRole.UserRole
Index = QModelIndex | QPersistentModelIndex
MARGIN: Final = 10
GAP: Final = 12
KINDS: Final = ("Action", "Key", "Run", "Checkpoint", "Bookmark", "Setting", "Preference", "Task")
"""All kinds; the widest one sets the width of their column."""


class PaletteModel(QAbstractListModel):
    """The found items, the best first."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._items: Sequence[PaletteItem] = ()

    def set_items(self, items: Sequence[PaletteItem]) -> None:
        """Show other items."""
        self.beginResetModel()
        self._items = items
        self.endResetModel()

    def item_at(self, row: int) -> PaletteItem | None:
        """Return the item of a row, or None if there is no such row."""
        return self._items[row] if 0 <= row < len(self._items) else None

    def rowCount(self, _: Index = QModelIndex()) -> int:  # noqa: B008  (Qt's signature)
        """Return the number of rows."""
        return len(self._items)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return an item, its text, or what a screen reader says."""
        item = self.item_at(index.row())
        if item is None:
            return None
        match role:
            case Qt.ItemDataRole.UserRole:
                return item
            case Qt.ItemDataRole.DisplayRole:
                return item.text
            case Qt.ItemDataRole.AccessibleTextRole:
                return item.spoken
            case _:
                return None


class RowDelegate(QStyledItemDelegate):
    """Paints a row on two lines: kind, text, place and keys, then the help. A row that cannot be used is gray."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Return a height for two lines."""
        return QSize(0, 2 * option.fontMetrics.lineSpacing() + MARGIN)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint a row."""
        item: PaletteItem | None = index.data(ITEM)
        if item is None:
            return
        colors = self._theme.palette
        plain, bold = option.font, scaled_font(option.font, 1.0, bold=True)
        painter.save()
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(option.rect, QColor(colors.raised))
            painter.fillRect(QRect(option.rect.topLeft(), QSize(3, option.rect.height())), QColor(colors.accent))
        cell = option.rect.adjusted(MARGIN, MARGIN // 2, -MARGIN, -MARGIN // 2)
        kinds = max(map(QFontMetrics(plain).horizontalAdvance, KINDS))
        upper = QRect(cell.left(), cell.top(), cell.width(), cell.height() // 2)
        _write(painter, upper, item.kind, plain, colors.muted)
        upper.setLeft(upper.left() + kinds + GAP)
        lower = QRect(upper.left(), upper.bottom() + 1, upper.width(), cell.height() - upper.height())
        keys = ", ".join(item.keys)
        upper.setRight(upper.right() - _write(painter, upper, keys, plain, colors.muted, right=True))
        name = colors.muted if item.reason else colors.text
        upper.setLeft(upper.left() + _write(painter, upper, item.text, plain if item.reason else bold, name))
        _write(painter, upper, item.place, plain, colors.muted)
        _write(painter, lower, item.reason or item.detail, plain, colors.muted)
        painter.restore()


def _write(painter: QPainter, room: QRect, text: str, font: QFont, color: str, *, right: bool = False) -> int:
    """Write a text on a line, elided if it does not fit, and return its width with the gap behind it."""
    if not text or room.width() <= 0:
        return 0
    metrics = QFontMetrics(font)
    shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, room.width())
    painter.setFont(font)
    painter.setPen(QColor(color))
    side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
    painter.drawText(room, side | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine, shown)
    return metrics.horizontalAdvance(shown) + GAP
