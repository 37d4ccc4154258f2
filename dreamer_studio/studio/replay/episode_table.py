"""A table whose first column has images; the mouse scrubs through their frames."""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent, QMouseEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from dreamer_studio.studio.actions import Scope
from dreamer_studio.studio.widgets.keys import pressed

IMAGE_SIZE = 64
ROW_HEIGHT = IMAGE_SIZE + 4
PLAYER_ACTIONS = {"replay.play", "replay.back", "replay.on"}


class ImageDelegate(QStyledItemDelegate):
    """Draws an image in whole pixels and without tint, even in a selected row."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Paint the cell's background, and the image in its middle."""
        image = index.data(Qt.ItemDataRole.DecorationRole)
        box = _image_box(option.rect)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(option.rect, option.palette.highlight())
        if isinstance(image, QImage):
            painter.drawImage(box, image)


class EpisodeTable(QTableView):
    """Reports the row under the mouse, and the mouse's place across the image."""

    hovered: ClassVar[Signal] = Signal(int, float)
    """Emitted with row and share (0 to 1) of the image under the mouse; row -1 if there is none."""

    pointed: ClassVar[Signal] = Signal(int, float)
    """Emitted when the user clicks an image, with row and share."""

    chosen: ClassVar[Signal] = Signal()
    """Emitted on Enter or a double click."""

    playerKey: ClassVar[Signal] = Signal(int)
    """Emitted when the user presses a key of the player, which goes through frames, not rows."""

    resized: ClassVar[Signal] = Signal()
    """Emitted when the table has another size."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setWordWrap(True)
        self.setIconSize(QSize(IMAGE_SIZE, IMAGE_SIZE))
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(ROW_HEIGHT)
        self.verticalScrollBar().setSingleStep(ROW_HEIGHT // 2)
        self.setMouseTracking(True)
        self.setItemDelegateForColumn(0, ImageDelegate(self))

    @property
    def editing(self) -> bool:
        """Return whether the user is editing a cell."""
        return self.state() is QAbstractItemView.State.EditingState

    def rows_on_show(self) -> range:
        """Return the rows that are visible, in part or whole."""
        first, last = self.rowAt(0), self.rowAt(self.viewport().height() - 1)
        if first < 0:
            return range(0)
        return range(first, (last if last >= 0 else self.model().rowCount() - 1) + 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Report another size."""
        super().resizeEvent(event)
        self.resized.emit()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Go through the frames of the image under the mouse."""
        self.hovered.emit(*self._share_at(event))
        super().mouseMoveEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        """Report that no image is under the mouse."""
        self.hovered.emit(-1, 0.0)
        super().leaveEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Select a row, and report its frame under the mouse."""
        super().mousePressEvent(event)
        row, share = self._share_at(event)
        if row >= 0 and event.button() is Qt.MouseButton.LeftButton:
            self.pointed.emit(row, share)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Choose the row, or edit an editable cell."""
        index = self.indexAt(event.position().toPoint())
        super().mouseDoubleClickEvent(event)
        if index.isValid() and not index.flags() & Qt.ItemFlag.ItemIsEditable:
            self.chosen.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Choose the row on Enter, and pass on the player's keys. Enter at the end of editing does not choose."""
        if self.editing:
            super().keyPressEvent(event)
        elif (action := pressed(Scope.REPLAY, event.key())) == "replay.dream":
            self.chosen.emit()
        elif action in PLAYER_ACTIONS:
            self.playerKey.emit(event.key())
        else:
            super().keyPressEvent(event)

    def _share_at(self, event: QMouseEvent) -> tuple[int, float]:
        at = event.position().toPoint()
        index = self.indexAt(at)
        if not index.isValid() or index.column() != 0:
            return -1, 0.0
        share = (at.x() - _image_box(self.visualRect(index)).left()) / (IMAGE_SIZE - 1)
        return index.row(), min(1.0, max(0.0, share))


def _image_box(cell: QRect) -> QRect:
    """Return the box of a cell's image: the middle of the cell."""
    box = QRect(QPoint(0, 0), QSize(IMAGE_SIZE, IMAGE_SIZE))
    box.moveCenter(cell.center())
    return box
