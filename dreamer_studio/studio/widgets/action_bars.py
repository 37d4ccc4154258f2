"""The action of this step: one bar for each dimension, or one for each choice."""

import math
from collections.abc import Sequence
from typing import ClassVar, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QAccessible, QColor, QFont, QFontMetrics, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from dreamer_studio.studio.theme import Palette, Theme
from dreamer_studio.studio.widgets.text import plain_tooltip, scaled_font

_MARGIN = 2
_GAP = 8


class ActionBars(QWidget):
    """Named bars in a column, which scrolls beyond `visible_rows`."""

    spoken_role: ClassVar[QAccessible.Role] = QAccessible.Role.Indicator

    held: ClassVar[Signal] = Signal(int, float)
    """Emitted when the user holds a row's bar, with its value from -1 to 1; for a choice, always 1."""

    letGo: ClassVar[Signal] = Signal(int)
    """Emitted when the user lets go of a row's bar."""

    def __init__(
        self,
        theme: Theme,
        names: Sequence[str],
        kind: Literal["continuous", "discrete"] = "continuous",
        *,
        visible_rows: int = 8,
        steerable: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        """Make bars without values.

        Args:
            theme: The colors.
            names: The name of each dimension or choice.
            kind: `"continuous"`: values of -1 to +1, a marker on a bar. `"discrete"`: one-hot values or
                probabilities of 0 to 1; the greatest is the choice, and highlighted.
            visible_rows: Rows shown before they scroll.
            steerable: Whether the user can drag the bars.
            parent: The owner.
        """
        super().__init__(parent)
        self._rows = _Rows(theme, names, kind, steerable=steerable)
        self._rows.held.connect(self.held)
        self._rows.letGo.connect(self.letGo)
        self._scroll = QScrollArea()
        self._scroll.setWidget(self._rows)
        self._scroll.setWidgetResizable(True)
        self._scroll.setAccessibleName("Action")
        if steerable:  # the focused widget keeps the focus while the mouse steers
            self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.viewport().setAutoFillBackground(False)
        self._visible_rows = max(1, min(len(names), visible_rows))
        self._rows.rowHeightChanged.connect(self._fit_rows)
        self._fit_rows()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._scroll)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Action")

    def set_values(self, values: ArrayLike | None, ghost: ArrayLike | None = None) -> None:
        """Show an action, or bars without values for None.

        Args:
            values: (dimensions,) of -1 to +1, or (choices,) of 0 to 1. A marker stops at the end of its bar; the
                number beside the bar is the value itself.
            ghost: The action that the policy would have taken, of the same shape, drawn hollow; NaN for no mark.

        Raises:
            ValueError: If the number of values differs from the number of names.
        """
        self._rows.set_values(_array(values), _array(ghost))
        self.setAccessibleDescription(self._rows.spoken())

    def spoken(self) -> str:
        """Return the action in words."""
        return self._rows.spoken()

    def rows_in_words(self) -> list[str]:
        """Return each row as text: name, value, and a remark on the chosen one."""
        return self._rows.words()

    def _fit_rows(self) -> None:
        self._scroll.setFixedHeight(self._rows.row_height() * self._visible_rows)


def _array(values: ArrayLike | None) -> NDArray[np.float64] | None:
    return None if values is None else np.asarray(values, dtype=np.float64)


class _Rows(QWidget):
    """All rows, painted together: cheaper at thirty changes a second than a widget per row."""

    held: ClassVar[Signal] = Signal(int, float)
    letGo: ClassVar[Signal] = Signal(int)
    rowHeightChanged: ClassVar[Signal] = Signal()

    def __init__(
        self, theme: Theme, names: Sequence[str], kind: Literal["continuous", "discrete"], *, steerable: bool
    ) -> None:
        super().__init__()
        self._steerable = steerable
        self._longest = 0
        self._grabbed: int | None = None
        self._names = tuple(names)
        self._discrete = kind == "discrete"
        self._values: NDArray[np.float64] | None = None
        self._ghost: NDArray[np.float64] | None = None
        self._palette = theme.palette
        self.setMinimumHeight(self.row_height() * len(self._names))
        self.setToolTip(plain_tooltip("\n".join(self._names)))
        self._measure()
        theme.changed.connect(self._restyle)

    def set_values(self, values: NDArray[np.float64] | None, ghost: NDArray[np.float64] | None) -> None:
        for array in (values, ghost):
            if array is not None and array.shape != (len(self._names),):
                raise ValueError(f"an action has {len(self._names)} values here, not the shape {array.shape}")
        self._values, self._ghost = values, ghost
        self.update()

    def bar(self, row: int) -> QRectF:
        number, name = self._number_width(), self._name_width()
        top, width = row * self.row_height(), max(10, self.width() - name - number - _GAP)
        return QRectF(name, top + 4, width, self.row_height() - 8)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.FontChange:
            self.setMinimumHeight(self.row_height() * len(self._names))
            self._measure()
            self.rowHeightChanged.emit()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        row = int(event.position().y()) // self.row_height()
        if self._steerable and event.button() is Qt.MouseButton.LeftButton and 0 <= row < len(self._names):
            self._grabbed = row
            self._hold(event)
        else:
            super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._grabbed is not None and not self._discrete:
            self._hold(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._grabbed is not None:
            row, self._grabbed = self._grabbed, None
            self.letGo.emit(row)

    def _hold(self, event: QMouseEvent) -> None:
        assert self._grabbed is not None
        bar = self.bar(self._grabbed)
        share = (event.position().x() - bar.left()) / bar.width()
        value = 1.0 if self._discrete else 2 * min(max(share, 0.0), 1.0) - 1
        self.held.emit(self._grabbed, value)

    def _number_width(self) -> int:
        return self.fontMetrics().horizontalAdvance("+0.00") + 4

    def _name_width(self) -> int:
        return min(self._longest + 2, int(self.width() * 0.42)) + _GAP

    def _measure(self) -> None:
        widest = QFontMetrics(self._row_font(picked=self._discrete))
        self._longest = max((widest.horizontalAdvance(name) for name in self._names), default=0)

    def row_height(self) -> int:
        return self.fontMetrics().height() + 6

    def chosen(self) -> int | None:
        if not self._discrete or self._values is None or not np.isfinite(self._values).all():
            return None
        return int(self._values.argmax())

    def words(self) -> list[str]:
        chosen = self.chosen()
        return [
            f"{name} {self._number(row)}{' (chosen)' if row == chosen else ''}".strip()
            for row, name in enumerate(self._names)
        ]

    def spoken(self) -> str:
        chosen = self.chosen()
        return self._names[chosen] if chosen is not None else ", ".join(self.words())

    def sizeHint(self) -> QSize:
        return QSize(220, self.row_height() * len(self._names))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        height, chosen = self.row_height(), self.chosen()
        number_width, name_width = self._number_width(), self._name_width()
        for row, name in enumerate(self._names):
            top = row * height
            if top > event.rect().bottom() or top + height < event.rect().top():
                continue  # scrolled out of sight
            picked = row == chosen
            painter.setFont(self._row_font(picked))
            painter.setPen(QColor(self._palette.text if picked else self._palette.muted))
            fitted = painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, name_width - _GAP)
            painter.drawText(0, top, name_width, height, Qt.AlignmentFlag.AlignVCenter, fitted)
            bar = self.bar(row)
            self._paint_bar(painter, bar, row, picked)
            self._paint_ghost(painter, bar, row)
            painter.setPen(QColor(self._palette.text))
            painter.drawText(
                self.width() - number_width - _MARGIN,
                top,
                number_width,
                height,
                Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight,
                self._number(row),
            )

    def _paint_bar(self, painter: QPainter, bar: QRectF, row: int, picked: bool) -> None:
        painter.setPen(QPen(QColor(self._palette.border), 1))
        painter.setBrush(QColor(self._palette.ground))
        painter.drawRoundedRect(bar.adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
        if not self._discrete:  # a mark at zero shows the sign
            middle = bar.center().x()
            painter.drawLine(QPointF(middle, bar.top() + 1), QPointF(middle, bar.bottom() - 1))
        value = math.nan if self._values is None else float(self._values[row])
        if math.isnan(value):
            return
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._palette.text if picked or not self._discrete else self._palette.muted))
        if self._discrete:
            filled = bar.adjusted(1, 1, -1, -1)
            filled.setWidth(filled.width() * min(max(value, 0.0), 1.0))
            painter.drawRoundedRect(filled, 2, 2)
        else:
            painter.drawRoundedRect(_marker(bar, value), 1.5, 1.5)

    def _paint_ghost(self, painter: QPainter, bar: QRectF, row: int) -> None:
        """Paint the policy's action: hollow, in the color of dreams."""
        value = math.nan if self._ghost is None else float(self._ghost[row])
        if math.isnan(value) or (self._discrete and value < 0.5):  # of the choices, mark only the chosen one
            return
        painter.setPen(QPen(QColor(self._palette.dream), 1.5))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        outline = bar if self._discrete else _marker(bar, value).adjusted(-1, -1, 1, 1)
        painter.drawRoundedRect(outline, 2, 2)

    def _number(self, row: int) -> str:
        if self._values is None:
            return ""
        value = float(self._values[row])
        if math.isnan(value):
            return "NaN"
        return f"{value:.2f}" if self._discrete else f"{value:+.2f}"

    def _row_font(self, picked: bool) -> QFont:
        return scaled_font(self.font(), 1.0, bold=picked)

    def _restyle(self, palette: Palette) -> None:
        self._palette = palette
        self.update()


def _marker(bar: QRectF, value: float) -> QRectF:
    """Return the place of a value from -1 to 1 on its bar."""
    share = (min(max(value, -1.0), 1.0) + 1) / 2
    return QRectF(bar.left() + share * (bar.width() - 4), bar.top(), 4, bar.height())
