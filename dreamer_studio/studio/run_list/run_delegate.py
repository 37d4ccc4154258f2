"""Paints the rows of the list of runs: box to tick, thumbnail, two lines of name and task, curve of tests, state."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QAbstractItemModel as ItemModel
from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QImage, QMouseEvent, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QLineEdit, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from dreamer_studio.library.entry import RunEntry, RunState
from dreamer_studio.library.groups.grouping import RunGroup
from dreamer_studio.studio.run_list.columns import RIGHT, Column
from dreamer_studio.studio.run_list.rows import Row
from dreamer_studio.studio.run_list.run_model import BELOW, INSIDE, ROW, UNFOLDED, Index
from dreamer_studio.studio.theme import Palette, Theme
from dreamer_studio.studio.widgets.text import scaled_font
from dreamer_studio.viewing.role import Role

BOX = 14  # side of a box to tick
MARGIN = 8
THUMBNAIL = 40
ARROW = 16
"""Width of the arrow that folds a group."""

_MUTED = {Column.PRESET, Column.AGE, Column.SIZE, Column.SPEED}
_MOST_CURVES = 20  # of one group

_ROLES = {
    RunState.FINISHED: Role.OK,
    RunState.FAILED: Role.ERROR,
    RunState.DAMAGED: Role.ERROR,
}


class RunDelegate(QStyledItemDelegate):
    """Paints each cell with the theme's colors, so that boxes and words are legible in both schemes."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Return a height for two lines and for the thumbnail."""
        return QSize(super().sizeHint(option, index).width(), row_height(option.fontMetrics))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint a cell."""
        row: Row | None = index.data(ROW)
        if row is None:
            return
        palette = self._theme.palette
        painter.save()
        self._paint_ground(painter, option, index)
        cell = option.rect.adjusted(MARGIN, 0, -MARGIN, 0)
        match Column(index.column()):
            case Column.TICK:
                state = index.data(Qt.ItemDataRole.CheckStateRole)
                if state is not None:
                    _paint_box(painter, palette, option.rect, Qt.CheckState(state))
            case Column.NAME:
                self._paint_name(painter, option, cell, index)
            case Column.CURVE:
                color = QColor(palette.of(Role.MODEL))
                runs = (row,) if isinstance(row, RunEntry) else row.runs
                _paint_curves(painter, color, cell, [run.tests for run in runs if run.tests])
            case Column.STATE:
                self._paint_state(painter, option, cell, index)
            case _:
                self._paint_text(painter, option, cell, index)
        painter.restore()

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        """Make the field for a new name."""
        editor = QLineEdit(parent)
        editor.setAccessibleName("New name of the run")
        editor.setPlaceholderText("the folder's name")
        return editor

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        """Show the name in the field, but keep what the user has typed when the row changes meanwhile."""
        if isinstance(editor, QLineEdit) and not editor.isModified():
            editor.setText(index.data(Qt.ItemDataRole.EditRole))
            editor.selectAll()

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, index: Index) -> None:
        """Put the field over the name, not over the thumbnail."""
        height = min(editor.sizeHint().height(), option.rect.height())
        top = option.rect.center().y() - height // 2
        left = option.rect.left() + MARGIN + THUMBNAIL + 4
        editor.setGeometry(QRect(left, top, option.rect.right() - left, height))

    def editorEvent(self, event: QEvent, model: ItemModel, option: QStyleOptionViewItem, index: Index) -> bool:
        """Tick a run by a click anywhere in the cell of its box."""
        if index.column() != Column.TICK:
            return super().editorEvent(event, model, option, index)
        if (
            event.type() is QEvent.Type.MouseButtonRelease
            and isinstance(event, QMouseEvent)
            and event.button() is Qt.MouseButton.LeftButton
        ):
            return model.setData(index, None, Qt.ItemDataRole.CheckStateRole)
        return event.type() is QEvent.Type.MouseButtonDblClick

    def _paint_ground(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        palette = self._theme.palette
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(option.rect, QColor(palette.raised))
            if index.column() == Column.TICK:
                view = option.widget
                color = QColor(palette.accent if view is not None and view.hasFocus() else palette.muted)
                painter.fillRect(QRect(option.rect.topLeft(), QSize(3, option.rect.height())), color)
        painter.setPen(QColor(palette.border))
        painter.drawLine(option.rect.bottomLeft(), option.rect.bottomRight())

    def _paint_name(self, painter: QPainter, option: QStyleOptionViewItem, cell: QRect, index: Index) -> None:
        palette, row = self._theme.palette, index.data(ROW)
        if index.data(INSIDE):
            cell = cell.adjusted(ARROW + THUMBNAIL // 2, 0, 0, 0)
        elif isinstance(row, RunGroup):
            _paint_arrow(painter, palette, cell, unfolded=index.data(UNFOLDED))
            cell = cell.adjusted(ARROW, 0, 0, 0)
        box = QRect(cell.left(), cell.center().y() - THUMBNAIL // 2, THUMBNAIL, THUMBNAIL)
        paint_thumbnail(painter, palette, box, index.data(Qt.ItemDataRole.DecorationRole))
        text = cell.adjusted(THUMBNAIL + 10, 0, 0, 0)
        self._paint_two_lines(painter, option, text, (index.data(), palette.text), index.data(BELOW), name=True)

    def _paint_state(self, painter: QPainter, option: QStyleOptionViewItem, cell: QRect, index: Index) -> None:
        row: Row = index.data(ROW)
        words = index.data(Qt.ItemDataRole.DisplayRole)
        if isinstance(row, RunEntry):
            first = (words, state_color(self._theme.palette, row, words))
            self._paint_two_lines(painter, option, cell, first, row.remark)
        else:
            remark = next((run.remark for run in row.runs if run.remark), "")
            self._paint_two_lines(painter, option, cell, (words, self._theme.palette.text), remark)

    def _paint_two_lines(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        cell: QRect,
        first: tuple[str, str],
        second: str,
        *,
        name: bool = False,
    ) -> None:
        """Paint a line in a color, and a muted one below if there is any. A name is bold and keeps its end."""
        text, color = first
        spacing = option.fontMetrics.lineSpacing()
        top = cell.center().y() - (spacing if second else spacing // 2) + 1
        line = QRect(cell.left(), top, cell.width(), spacing)
        elide = Qt.TextElideMode.ElideMiddle if name else Qt.TextElideMode.ElideRight
        _paint_line(painter, scaled_font(option.font, 1.0, bold=name), QColor(color), line, text, elide=elide)
        if second:
            below = " ".join(second.split())
            _paint_line(painter, option.font, QColor(self._theme.palette.muted), line.translated(0, spacing), below)

    def _paint_text(self, painter: QPainter, option: QStyleOptionViewItem, cell: QRect, index: Index) -> None:
        palette, column = self._theme.palette, Column(index.column())
        color = palette.muted if column in _MUTED else palette.text
        font = scaled_font(option.font, 1.0, bold=column is Column.TEST)
        _paint_line(painter, font, QColor(color), cell, index.data(Qt.ItemDataRole.DisplayRole), side_of(column))


def row_height(metrics: QFontMetrics) -> int:
    """Return the height of a row, with room for two lines and for the thumbnail."""
    return max(2 * metrics.lineSpacing(), THUMBNAIL) + 10


def state_color(palette: Palette, entry: RunEntry, words: str) -> str:
    """Return the color of a state: green finished, red failed or damaged, amber silent or broken off, else as text."""
    if "silent" in words or (entry.problem and entry.state is RunState.STOPPED):
        return palette.warn
    role = _ROLES.get(entry.state)
    if role is not None:
        return palette.of(role)
    return palette.text if entry.state.training else palette.muted


LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


def side_of(column: Column) -> Qt.AlignmentFlag:
    """Return the alignment of a column's texts: numbers right, all others left."""
    return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter if column in RIGHT else LEFT


def _paint_line(
    painter: QPainter,
    font: QFont,
    color: QColor,
    rect: QRect,
    text: str,
    side: Qt.AlignmentFlag = LEFT,
    elide: Qt.TextElideMode = Qt.TextElideMode.ElideRight,
) -> None:
    painter.setFont(font)
    painter.setPen(color)
    shown = painter.fontMetrics().elidedText(text, elide, rect.width())
    painter.drawText(rect, side, shown)


def _paint_box(painter: QPainter, palette: Palette, cell: QRect, state: Qt.CheckState) -> None:
    """Paint a box with a tick, with a bar if only some runs of a group are ticked, or empty."""
    box = QRectF(0, 0, BOX, BOX)
    box.moveCenter(QPointF(cell.center()))
    filled = state is not Qt.CheckState.Unchecked
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor(palette.accent if filled else palette.muted), 1.4))
    painter.setBrush(QColor(palette.accent if filled else palette.surface))
    painter.drawRoundedRect(box, 3, 3)
    if not filled:
        return
    painter.setPen(QPen(QColor(palette.on_accent), 2))
    some = state is Qt.CheckState.PartiallyChecked
    corners = ((0.25, 0.5), (0.75, 0.5)) if some else ((0.22, 0.52), (0.43, 0.73), (0.78, 0.28))
    points = [QPointF(box.left() + x * BOX, box.top() + y * BOX) for x, y in corners]
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPolyline(QPolygonF(points))


def _paint_arrow(painter: QPainter, palette: Palette, cell: QRect, *, unfolded: bool) -> None:
    """Paint the arrow of a group: down if its runs are shown, else to the right."""
    middle = QPointF(cell.left() + 5, cell.center().y())
    corners = ((-4, -2), (4, -2), (0, 4)) if unfolded else ((-2, -4), (4, 0), (-2, 4))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(palette.muted))
    painter.drawPolygon(QPolygonF([middle + QPointF(x, y) for x, y in corners]))


def paint_thumbnail(painter: QPainter, palette: Palette, box: QRect, image: QImage | None) -> None:
    """Paint an image with an edge, or an empty square for None."""
    if image is None:
        painter.fillRect(box, QColor(palette.raised))
    else:
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(box, image)
    painter.setPen(QColor(palette.border))  # the edge of a white image on white ground
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(box.adjusted(0, 0, -1, -1))


def _paint_curves(painter: QPainter, color: QColor, cell: QRect, curves: Sequence[Sequence[float]]) -> None:
    """Draw the tests of a run, or of each run of a group, from the lowest to the highest; a single test is a dot."""
    if not curves:
        return
    area = QRectF(cell).adjusted(2, 12, -2, -12)
    low, high = min(map(min, curves)), max(map(max, curves))
    across = area.width() / max(1, max(map(len, curves)) - 1)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(color, 1.6 if len(curves) == 1 else 1.0))
    painter.setBrush(color)
    for tests in curves[:_MOST_CURVES]:
        points = [
            QPointF(area.left() + place * across, area.bottom() - area.height() * (value - low) / ((high - low) or 1.0))
            for place, value in enumerate(tests)
        ]
        if len(points) > 1:
            painter.drawPolyline(QPolygonF(points))
        painter.drawEllipse(points[-1], 1.8, 1.8)
