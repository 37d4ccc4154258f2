"""Paints a formula. The symbol under the pointer, or the one that the keys reach, says what it means."""

from __future__ import annotations

from typing import ClassVar, Final

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleValueChangeEvent,
    QColor,
    QFocusEvent,
    QFontInfo,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from dreamer_studio.paper.boxes import Area, Glyph
from dreamer_studio.paper.symbols import Symbol
from dreamer_studio.studio.actions import Scope
from dreamer_studio.studio.theme import Palette, Theme
from dreamer_studio.studio.widgets.formula.fonts import EM, formula_font, layout_of
from dreamer_studio.studio.widgets.keys import pressed
from dreamer_studio.studio.widgets.text import plain_tooltip

SIZE: Final = 1.5
"""Size of the letters, as a multiple of the usual text."""

LEAST_SIZE: Final = 0.8
"""Least size of the letters, where the formula is wider than its room."""

MARGIN: Final = 6  # pixels around the formula
BAR: Final = 0.055  # thickness of fraction bars, in ems
NONE: Final = -1


def meaning_of(symbol: Symbol) -> str:
    """Return what a symbol means, its name in the code and its word in the glossary, a line each."""
    lines = [f"{symbol.text}: {symbol.meaning}"]
    if symbol.code:
        lines.append(f"In the code: {symbol.code}")
    if symbol.glossary:
        lines.append(f"In the glossary: {symbol.glossary}")
    return "\n".join(lines)


class Formula(QWidget):
    """A formula in one line. It shrinks where the room is too narrow.

    Args:
        theme: the colors.
        name: for screen readers, such as "Eq. 6".
        formula: as in `paper.notation`.
        parent: the owner.
    """

    spoken_role: ClassVar[QAccessible.Role] = QAccessible.Role.Equation

    pointed: ClassVar[Signal] = Signal(object)
    """Emitted with the symbol that the pointer or the keys have reached, or None."""

    opened: ClassVar[Signal] = Signal()
    """Emitted for a click, and for Enter."""

    def __init__(self, theme: Theme, name: str, formula: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._palette = theme.palette
        self._formula = formula
        self._box = layout_of(formula)
        self._lit: Symbol | None = None
        self._current = NONE
        self.setAccessibleName(name)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self._restyle)

    @property
    def lit(self) -> Symbol | None:
        """Return the symbol that is lit up; None if there is none."""
        return self._lit

    def light(self, symbol: Symbol | None) -> None:
        """Light up all occurrences of a symbol, or none."""
        if symbol != self._lit:
            self._lit = symbol
            self.update()

    def areas(self, symbol: Symbol) -> list[QRectF]:
        """Return the rectangles of all occurrences of a symbol, in the widget."""
        return [self._rect(area) for area in self._box.areas if area.symbol == symbol]

    def spoken(self) -> str:
        """Return the formula as text, and the current symbol with its meaning."""
        if self._current == NONE:
            return self._formula
        return f"{self._formula}\n{meaning_of(self._box.areas[self._current].symbol)}"

    def sizeHint(self) -> QSize:
        """Return the size of the formula in its full size."""
        return self._room(self._em())

    def minimumSizeHint(self) -> QSize:
        """Return the width of the shrunk formula, and the full height."""
        least = self._room(self._em() * LEAST_SIZE / SIZE)
        return QSize(least.width(), self.sizeHint().height())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Light up the symbol under the pointer, and say what it means."""
        at = (event.position() - self._origin()) / self._scale()
        area = self._box.area_at(at.x(), at.y())
        self._point(area.symbol if area is not None else None)
        self._explain(area, event.globalPosition().toPoint())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Report a click."""
        if event.button() is Qt.MouseButton.LeftButton:
            self.opened.emit()

    def leaveEvent(self, event: QEvent) -> None:
        """Light up the symbol of the keys again, or none."""
        self._point(self._box.areas[self._current].symbol if self._current != NONE else None)
        super().leaveEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Begin at the first symbol."""
        self._go_to(0)
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Leave the symbol."""
        self._current = NONE
        self._point(None)
        QToolTip.hideText()
        self.update()
        super().focusOutEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go to another symbol, or report Enter."""
        match pressed(Scope.FORMULA, event.key()):
            case "formula.previous":
                self._go_to(self._current - 1)
            case "formula.next":
                self._go_to(self._current + 1)
            case "formula.open":
                self.opened.emit()
            case _:
                super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Take the room of another size of text."""
        if event.type() is QEvent.Type.FontChange:
            self.updateGeometry()
        super().changeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the formula, and frames around the current symbol and the focus."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        origin, scale = self._origin(), self._scale()
        for glyph in self._box.glyphs:
            self._paint_glyph(painter, glyph, origin, scale)
        for rule in self._box.rules:
            place = QPointF(rule.x, rule.y - BAR / 2) * scale + origin
            painter.fillRect(QRectF(place.x(), place.y(), rule.width * scale, BAR * scale), QColor(self._palette.text))
        accent = QColor(self._palette.accent)
        for rect in self.areas(self._lit) if self._lit is not None else []:
            painter.fillRect(QRectF(rect.left(), rect.bottom() + 0.5, rect.width(), 1.5), accent)
        if self.hasFocus() and self._current != NONE:
            painter.setPen(QPen(accent, 1))
            painter.drawRect(self._rect(self._box.areas[self._current]).adjusted(-1.5, -1.5, 1.5, 2.5))

    def _paint_glyph(self, painter: QPainter, glyph: Glyph, origin: QPointF, scale: float) -> None:
        lit = self._lit is not None and glyph.symbol == self._lit
        painter.save()
        painter.setPen(QColor(self._palette.accent if lit else self._palette.text))
        painter.setFont(formula_font(italic=glyph.italic))
        painter.translate(QPointF(glyph.x, glyph.y) * scale + origin)
        factor = glyph.size * scale / EM
        painter.scale(factor, factor * glyph.stretch)
        painter.drawText(QPointF(0, 0), glyph.text)
        painter.restore()

    def _em(self) -> float:
        """Return the full size of the letters, in pixels."""
        return SIZE * QFontInfo(self.font()).pixelSize()

    def _scale(self) -> float:
        """Return the size of the letters in the room at hand, in pixels."""
        fits = (self.width() - 2 * MARGIN) / max(self._box.width, 0.1)
        return max(min(self._em(), fits), self._em() * LEAST_SIZE / SIZE)

    def _room(self, em: float) -> QSize:
        height = self._box.bottom - self._box.top
        return QSize(round(self._box.width * em) + 2 * MARGIN, round(height * em) + 2 * MARGIN)

    def _origin(self) -> QPointF:
        """Return the left end of the baseline. The formula is in the middle of the height."""
        middle = (self._box.top + self._box.bottom) / 2
        return QPointF(MARGIN, self.height() / 2 - middle * self._scale())

    def _rect(self, area: Area) -> QRectF:
        place = QPointF(area.x, area.y) * self._scale() + self._origin()
        return QRectF(place.x(), place.y(), area.width * self._scale(), area.height * self._scale())

    def _go_to(self, place: int) -> None:
        """Make a symbol current by its place in the formula, and say what it means."""
        areas = self._box.areas
        if not areas:
            return
        self._current = max(0, min(len(areas) - 1, place))
        area = areas[self._current]
        self._point(area.symbol)
        self.update()
        QAccessible.updateAccessibility(QAccessibleValueChangeEvent(self, self.spoken()))
        self._explain(area, self.mapToGlobal(self._rect(area).bottomLeft().toPoint()))

    def _point(self, symbol: Symbol | None) -> None:
        if symbol != self._lit:
            self.light(symbol)
            self.pointed.emit(symbol)

    def _explain(self, area: Area | None, where: QPoint) -> None:
        """Show the tooltip of a symbol until the pointer leaves the symbol."""
        if area is None:
            QToolTip.hideText()
        else:
            QToolTip.showText(where, plain_tooltip(meaning_of(area.symbol)), self, self._rect(area).toAlignedRect())

    def _restyle(self, palette: Palette) -> None:
        self._palette = palette
        self.update()
