"""Text that keeps its size: relative fonts, and labels that elide instead of changing the layout."""

import html
from typing import Final

from PySide6.QtCore import QPoint, QPointF, QSize, Qt
from PySide6.QtGui import (
    QFont,
    QFontDatabase,
    QPainter,
    QPaintEvent,
    QPalette,
    QResizeEvent,
    QTextLayout,
    QTextOption,
)
from PySide6.QtWidgets import QApplication, QLabel, QSizePolicy, QWidget

from dreamer_studio.studio.theme import own_fonts, style_again

TEXT_SCALES: Final = (0.8, 0.9, 1.0, 1.1, 1.25, 1.5, 1.75, 2.0)
"""Sizes of all text that keys and preferences offer, as multiples of the system's size."""

_SCALE = "textScale"


def scaled_font(font: QFont, factor: float, *, bold: bool = False) -> QFont:
    """Return a copy of a font at `factor` times its size, which may be set in points or in pixels."""
    scaled = QFont(font)
    if font.pointSizeF() > 0:
        scaled.setPointSizeF(font.pointSizeF() * factor)
    else:
        scaled.setPixelSize(max(1, round(font.pixelSize() * factor)))
    scaled.setBold(bold)
    return scaled


def text_scale() -> float:
    """Return the size of all text as a multiple of the system's size."""
    return float(QApplication.instance().property(_SCALE) or 1.0)  # type: ignore[union-attr]


def set_text_scale(scale: float) -> None:
    """Set the size of all text, now and in later widgets, as a multiple of the system's size."""
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    ratio = scale / text_scale()
    if ratio == 1.0:
        return
    application.setProperty(_SCALE, scale)
    fonts = own_fonts(application)
    application.setFont(scaled_font(application.font(), ratio, bold=application.font().bold()))
    style_again(application)
    for widget, font in fonts:
        widget.setFont(scaled_font(font, ratio, bold=font.bold()))


def fixed_font() -> QFont:
    """Return the system's font with letters of one width, in the size of all text."""
    return scaled_font(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont), text_scale())


def mute(widget: QWidget) -> None:
    """Give a label the muted color of the current theme.

    A palette role is used, because a styled parent that adopts the widget would discard its own palette.
    """
    widget.setForegroundRole(QPalette.ColorRole.PlaceholderText)


def plain_label(text: str = "", *, wrap: bool = False, selectable: bool = False) -> QLabel:
    """Make a label that shows its text as it is, never as markup.

    Args:
        text: the first text.
        wrap: whether a long text continues on the next line.
        selectable: whether the user can select the text with the mouse.
    """
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(wrap)
    if selectable:
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label


def page_label(text: str = "") -> QLabel:
    """Make a muted label for the middle of an otherwise empty page. A long text does not widen the window."""
    label = plain_label(text, wrap=True)
    label.setAlignment(Qt.AlignmentFlag.AlignCenter)
    label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
    mute(label)
    return label


def menu_text(text: str) -> str:
    """Return a text for a menu, a button or a check box in which no "&" underlines a letter."""
    return text.replace("&", "&&")


def plain_tooltip(text: str) -> str:
    """Return a text for a tooltip that Qt does not take for rich text."""
    if "<" not in text:
        return text
    return f"<qt>{html.escape(text)}</qt>".replace("\n", "<br>")


class ElidedLabel(QLabel):
    """Plain text on a fixed number of lines. A longer text ends in an ellipsis, and the tooltip has the whole text.

    The size hint depends on the number of lines and never on the text, so captions can change many times a second
    without moving their neighbors. The label does not set the text of `QLabel`, which would lay out the whole window
    again each time. `text()` returns the whole text, also for screen readers.
    """

    def __init__(self, text: str = "", *, lines: int = 1, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        if lines < 1:
            raise ValueError(f"lines must be at least 1, not {lines}")
        self._lines = lines
        self._text = ""
        self._laid_out_for: tuple[str, int, QFont] | None = None
        self._shown: list[str] = []
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setText(text)

    def sizeHint(self) -> QSize:
        """Return the width of a short sentence and the height of the lines."""
        return QSize(self.fontMetrics().averageCharWidth() * 12, self._height())

    def minimumSizeHint(self) -> QSize:
        """Return the size of an ellipsis."""
        return QSize(self.fontMetrics().horizontalAdvance("…"), self._height())

    def set_lines(self, lines: int) -> None:
        """Set the number of lines, which sets the height."""
        if lines != self._lines:
            self._lines, self._laid_out_for = lines, None
            self.updateGeometry()
            self._update_tooltip()
            self.update()

    def shown_lines(self) -> list[str]:
        """Return the lines as painted; the last line is elided if the text is longer."""
        key = (self.text(), self.width(), self.font())
        if key != self._laid_out_for:
            self._shown = self._break(self.text(), self.width())
            self._laid_out_for = key
        return self._shown

    def text(self) -> str:
        """Return the whole text."""
        return self._text

    def setText(self, text: str) -> None:
        """Show a text. Setting the same text again does nothing."""
        if text != self._text:
            self._text = text
            self.setAccessibleName(text)
            self._update_tooltip()
            self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Elide again for the new width."""
        super().resizeEvent(event)
        self._update_tooltip()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the lines."""
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        metrics = self.fontMetrics()
        baseline = metrics.ascent()
        if self._lines == 1:  # center a single line vertically, like its neighbors in a header
            baseline += (self.height() - metrics.height()) // 2
        right = bool(self.alignment() & Qt.AlignmentFlag.AlignRight)
        for line in self.shown_lines():
            indent = max(0, self.width() - metrics.horizontalAdvance(line)) if right else 0
            painter.drawText(QPoint(indent, baseline), line)
            baseline += metrics.lineSpacing()

    def _height(self) -> int:
        metrics = self.fontMetrics()
        return metrics.height() + (self._lines - 1) * metrics.lineSpacing()

    def _update_tooltip(self) -> None:
        shown = " ".join(self.shown_lines())
        # An empty tooltip lets the tooltip of the parent widget appear.
        self.setToolTip(plain_tooltip(self.text()) if shown.endswith("…") and not self.text().endswith("…") else "")

    def _break(self, text: str, width: int) -> list[str]:
        if self._lines == 1:
            return [self.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, width)]
        layout = QTextLayout(text, self.font())
        layout.setTextOption(_word_wrap())
        layout.beginLayout()
        shown: list[str] = []
        line = layout.createLine()
        while line.isValid():
            line.setLineWidth(max(1, width))
            line.setPosition(QPointF(0, 0))
            start, length = line.textStart(), line.textLength()
            if len(shown) == self._lines - 1:
                rest = text[start:]
                shown.append(self.fontMetrics().elidedText(rest, Qt.TextElideMode.ElideRight, width))
                break
            shown.append(text[start : start + length].rstrip())
            line = layout.createLine()
        layout.endLayout()
        return shown


def _word_wrap() -> QTextOption:
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WordWrap)
    return option
