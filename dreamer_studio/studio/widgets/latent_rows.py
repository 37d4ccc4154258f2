"""Stochastic dimensions as rows: the prior and posterior of each, and a handle to change its value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QAccessible, QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QAbstractScrollArea, QWidget

from dreamer_studio.arrays import Floats
from dreamer_studio.studio.actions import Scope
from dreamer_studio.studio.theme import Palette, Theme
from dreamer_studio.studio.widgets.keys import pressed
from dreamer_studio.studio.widgets.text import scaled_font, text_scale

REACH = 3.0  # range of a handle to each side, in deviations of the prior
SHOWN = 3.6  # range of the axis to each side; values beyond are drawn at the edge
STEP, LEAP = 0.1, 1.0  # deviations per key press, without and with Shift
ROW = 21
HEAD = 22
NUMBER, KL = 34, 52  # widths of the columns
NUMBERS = 104
WIDE = 520  # least width with numbers beside the bars


@dataclass(frozen=True, eq=False)
class FrameLatents:
    """The S dimensions of one frame.

    Attributes:
        prior_mean, prior_std: (S,), the prior.
        mean, std: (S,), the posterior; None if the model did not see the frame.
        kl: (S,) in nats; None if the model did not see the frame.
        sample: (S,), the model's sample.
        value: (S,), the user's values; equal to the sample where unchanged.
    """

    prior_mean: Floats
    prior_std: Floats
    mean: Floats | None
    std: Floats | None
    kl: Floats | None
    sample: Floats
    value: Floats

    @property
    def order(self) -> NDArray[np.intp]:
        """Return the dimensions sorted by KL, greatest first; in a dream, by the prior's deviation."""
        key = self.prior_std if self.kl is None else self.kl
        return np.argsort(-key, kind="stable")

    def deviations(self, numbers: Floats) -> Floats:
        """Return numbers (S,) as deviations of the prior from its mean."""
        placed: Floats = (numbers - self.prior_mean) / self.prior_std
        return placed


class LatentRows(QAbstractScrollArea):
    """A painted list whose keys act on the current row. Each row's axis counts deviations of its prior."""

    spoken_role: ClassVar[QAccessible.Role] = QAccessible.Role.List

    moved: ClassVar[Signal] = Signal(int, float)
    """Emitted when the user moves a dimension, with its distance from the prior's mean in deviations."""

    restored: ClassVar[Signal] = Signal(int)
    """Emitted when the user restores a dimension."""

    chosen: ClassVar[Signal] = Signal(int)
    """Emitted when another dimension becomes current."""

    def __init__(self, theme: Theme, empty_text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._palette = theme.palette
        self._empty_text = empty_text
        self._state: FrameLatents | None = None
        self._order: NDArray[np.intp] = np.empty(0, np.intp)
        self.current = 0
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFrameShape(QAbstractScrollArea.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalScrollBar().setSingleStep(_px(ROW))
        self.setAccessibleName("Latent dimensions")
        self.setAccessibleDescription(empty_text)
        theme.changed.connect(self._restyle)

    def show_state(self, state: FrameLatents | None) -> None:
        """Show the dimensions of a frame, or the empty state for None."""
        first = self._state is None
        self._state = state
        self._order = state.order if state is not None else np.empty(0, np.intp)
        if first and state is not None:
            self.current = int(self._order[0])
        self._measure()
        self.viewport().update()

    def row_of(self, dimension: int) -> QRect:
        """Return the rectangle of a dimension in the viewport."""
        place = int(np.flatnonzero(self._order == dimension)[0])
        return QRect(
            0, _px(HEAD) + place * _px(ROW) - self.verticalScrollBar().value(), self.viewport().width(), _px(ROW)
        )

    def x_of(self, deviations: float) -> float:
        """Return the place of a number of deviations in the viewport, at most the edge."""
        left, right = self._axis()
        clipped = max(-SHOWN, min(SHOWN, deviations))
        return left + (clipped + SHOWN) / (2 * SHOWN) * (right - left)

    def spoken(self) -> str:
        """Return the current dimension and its numbers."""
        return self.accessibleDescription()

    def sizeHint(self) -> QSize:
        """Return room for a dozen rows."""
        return QSize(440, _px(HEAD) + 12 * _px(ROW))

    def minimumSizeHint(self) -> QSize:
        """Return room for some rows."""
        return QSize(240, _px(HEAD) + 4 * _px(ROW))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show as many rows as fit."""
        self._measure()
        super().resizeEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose a row. On its axis, move the handle to the mouse."""
        if event.button() is Qt.MouseButton.LeftButton:
            place = (event.position().y() - _px(HEAD) + self.verticalScrollBar().value()) // _px(ROW)
            if event.position().y() >= _px(HEAD) and 0 <= place < len(self._order):
                self._choose(int(self._order[int(place)]))
                self._drag_to(event.position().x())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Move the handle of the pressed row."""
        if event.buttons() & Qt.MouseButton.LeftButton and self._state is not None:
            self._drag_to(event.position().x())

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Restore a dimension."""
        self.mousePressEvent(event)
        if self._state is not None:
            self.restored.emit(self.current)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Choose, move or restore a dimension."""
        action = pressed(Scope.LATENTS, event.key())
        if self._state is None:
            super().keyPressEvent(event)
        elif action in {"latents.previous", "latents.next"}:
            place = int(np.flatnonzero(self._order == self.current)[0])
            place += 1 if action == "latents.next" else -1
            self._choose(int(self._order[max(0, min(len(self._order) - 1, place))]))
        elif action in {"latents.less", "latents.more"}:
            size = LEAP if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else STEP
            at = float(self._state.deviations(self._state.value)[self.current])
            self._move(at + (size if action == "latents.more" else -size))
        elif action == "latents.restore":
            self.restored.emit(self.current)
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the visible rows and the head above them."""
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(event.rect(), QColor(self._palette.surface))
        painter.setFont(scaled_font(self.font(), 0.9))
        if self._state is None:
            painter.setPen(QColor(self._palette.muted))
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(self.viewport().rect().adjusted(20, 4, -20, -4), flags, self._empty_text)
            return
        for dimension in self._order:
            row = self.row_of(int(dimension))
            if row.bottom() >= _px(HEAD) and row.top() <= self.viewport().height():
                self._paint_row(painter, self._state, int(dimension), row)
        self._paint_head(painter, self._state.kl is not None)

    def _axis(self) -> tuple[float, float]:
        width = self.viewport().width()
        numbers = 2 * _px(NUMBERS) if width >= _px(WIDE) else 0
        return float(_px(NUMBER) + _px(KL) + 8), float(width - numbers - 12)

    def _drag_to(self, x: float) -> None:
        left, right = self._axis()
        if left - 8 <= x <= right + 8:
            self._move((x - left) / (right - left) * 2 * SHOWN - SHOWN)

    def _move(self, deviations: float) -> None:
        self.moved.emit(self.current, max(-REACH, min(REACH, deviations)))

    def _choose(self, dimension: int) -> None:
        self.current = dimension
        row, bar = self.row_of(dimension), self.verticalScrollBar()
        if row.top() < _px(HEAD):
            bar.setValue(bar.value() + row.top() - _px(HEAD))
        elif row.bottom() > self.viewport().height():
            bar.setValue(bar.value() + row.bottom() - self.viewport().height())
        self.viewport().update()
        self.chosen.emit(dimension)

    def _measure(self) -> None:
        room = self.viewport().height() - _px(HEAD)
        bar = self.verticalScrollBar()
        bar.setPageStep(max(_px(ROW), room))
        bar.setRange(0, max(0, len(self._order) * _px(ROW) - room))

    def _paint_head(self, painter: QPainter, seen: bool) -> None:
        width = self.viewport().width()
        painter.fillRect(QRect(0, 0, width, _px(HEAD)), QColor(self._palette.raised))
        painter.setPen(QColor(self._palette.muted))
        middle = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignHCenter
        _, right = self._axis()
        painter.drawText(QRect(0, 0, _px(NUMBER), _px(HEAD)), middle, "dim")
        painter.drawText(QRect(_px(NUMBER), 0, _px(KL), _px(HEAD)), middle, "KL" if seen else "dev")
        for at in (-3, 0, 3):
            word = "prior" if at == 0 else f"{at:+d} dev".replace("-", "\N{MINUS SIGN}")
            painter.drawText(QRectF(self.x_of(at) - 40, 0, 80, _px(HEAD)), middle, word)
        if width >= _px(WIDE):
            painter.drawText(QRectF(right + 12, 0, _px(NUMBERS), _px(HEAD)), middle, "prior")
            painter.drawText(QRectF(right + 12 + _px(NUMBERS), 0, _px(NUMBERS), _px(HEAD)), middle, "posterior")

    def _paint_row(self, painter: QPainter, state: FrameLatents, dimension: int, row: QRect) -> None:
        colors, middle = self._palette, row.center().y() + 0.5
        if dimension == self.current:
            painter.fillRect(row, QColor(colors.raised))
            if self.hasFocus():
                painter.setPen(QPen(QColor(colors.accent), 1))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRect(row.adjusted(0, 0, -1, -1))
        edited = state.value[dimension] != state.sample[dimension]
        painter.setPen(QColor(colors.warn if edited else colors.text))
        center = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignHCenter
        painter.drawText(QRect(0, row.top(), _px(NUMBER), _px(ROW)), center, f"{dimension}{'*' if edited else ''}")
        painter.setPen(QColor(colors.text))
        number = state.prior_std if state.kl is None else state.kl
        painter.drawText(QRect(_px(NUMBER), row.top(), _px(KL), _px(ROW)), center, f"{number[dimension]:.2f}")
        self._paint_bar(painter, 0.0, REACH, middle, 1.0, colors.border)
        self._paint_bar(painter, 0.0, 1.0, middle, 9.0, colors.dream)
        if state.mean is not None and state.std is not None:
            scale = state.prior_std[dimension]
            at = (state.mean[dimension] - state.prior_mean[dimension]) / scale
            self._paint_bar(painter, float(at), float(state.std[dimension] / scale), middle, 4.0, colors.model)
        self._paint_handle(painter, state, dimension, middle, edited=bool(edited))
        if self.viewport().width() >= _px(WIDE):
            self._paint_numbers(painter, state, dimension, row)

    def _paint_bar(self, painter: QPainter, at: float, reach: float, middle: float, height: float, color: str) -> None:
        """Paint a bar from `reach` before to `reach` after a place."""
        left, right = self.x_of(at - reach), self.x_of(at + reach)
        painter.setPen(Qt.PenStyle.NoPen)
        faint = QColor(color)
        if height > 5:
            faint.setAlpha(90)
        painter.setBrush(faint)
        painter.drawRoundedRect(QRectF(left, middle - height / 2, max(2.0, right - left), height), 2, 2)

    def _paint_handle(
        self, painter: QPainter, state: FrameLatents, dimension: int, middle: float, *, edited: bool
    ) -> None:
        sample = self.x_of(float(state.deviations(state.sample)[dimension]))
        painter.setPen(QPen(QColor(self._palette.text), 1.5))
        if edited:
            painter.drawLine(QPointF(sample, middle - 7), QPointF(sample, middle + 7))
        value = self.x_of(float(state.deviations(state.value)[dimension]))
        painter.setBrush(QColor(self._palette.warn) if edited else Qt.BrushStyle.NoBrush)  # the posterior shows through
        painter.drawEllipse(QPointF(value, middle), 5, 5)

    def _paint_numbers(self, painter: QPainter, state: FrameLatents, dimension: int, row: QRect) -> None:
        _, right = self._axis()
        pairs = ((state.prior_mean, state.prior_std, self._palette.dream), (state.mean, state.std, self._palette.model))
        for place, (mean, std, color) in enumerate(pairs):
            box = QRectF(right + 12 + place * _px(NUMBERS), row.top(), _px(NUMBERS), _px(ROW))
            painter.setPen(QColor(color))
            text = "-" if mean is None or std is None else gaussian_in_words(mean[dimension], std[dimension])
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignHCenter, text)

    def _restyle(self, palette: Palette) -> None:
        self._palette = palette
        self.viewport().update()


def gaussian_in_words(mean: float, std: float) -> str:
    """Return a mean and its deviation as text."""
    return f"{mean:.2f} \N{PLUS-MINUS SIGN} {std:.2f}".replace("-", "\N{MINUS SIGN}")


def _px(size: int) -> int:
    """Return a size that was measured for text of the usual size, in pixels for the size in use."""
    return round(size * text_scale())
