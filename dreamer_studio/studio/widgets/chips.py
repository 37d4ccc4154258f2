"""The small marks of a header: the colored square, the badge and the key hint."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from dreamer_studio.studio.theme import Palette, Theme
from dreamer_studio.studio.widgets.text import scaled_font
from dreamer_studio.viewing.role import Role


class Swatch(QWidget):
    """A square in the color of a role, beside a word for the same role."""

    def __init__(self, theme: Theme, role: Role, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._color = theme.palette.of(role)
        self._role = role
        self.setFixedSize(10, 10)
        theme.changed.connect(self._restyle)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the square."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._color))
        painter.drawRoundedRect(self.rect(), 2, 2)

    def _restyle(self, palette: Palette) -> None:
        self._color = palette.of(self._role)
        self.update()


class Chip(QLabel):
    """A word in a role's color: a framed badge, a framed key hint, or the word alone."""

    def __init__(
        self,
        theme: Theme,
        text: str = "",
        role: Role = Role.NEUTRAL,
        *,
        framed: bool = True,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._palette = theme.palette
        self._role = role
        self._framed = framed
        self.setTextFormat(Qt.TextFormat.PlainText)
        if framed:
            self.setFont(scaled_font(self.font(), 0.88))
        across = QSizePolicy.Policy.Fixed if framed else QSizePolicy.Policy.Maximum
        self.setSizePolicy(across, QSizePolicy.Policy.Fixed)
        self.setText(text)
        if not text:  # not setVisible: a widget without a parent would flash up as a window
            self.hide()
        theme.changed.connect(self._restyle)

    def set(self, text: str, role: Role) -> None:
        """Show a word in a role's color; an empty word hides the chip."""
        if (text, role) == (self.text(), self._role):  # unchanged, as at most ticks of the window's clock
            return
        self._role = role
        self.setText(text)
        self.setVisible(bool(text))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Return the size of the word and its frame."""
        metrics = self.fontMetrics()
        around = 14 if self._framed else 2
        return QSize(metrics.horizontalAdvance(self.text()) + around, metrics.height() + 4)

    def minimumSizeHint(self) -> QSize:
        """Return the full size of a framed word; a word without a frame is elided where the room ends."""
        return self.sizeHint() if self._framed else QSize(0, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint frame and word."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        color = QColor(self._palette.of(self._role))
        if self._framed:
            neutral = self._role is Role.NEUTRAL
            painter.setPen(QPen(QColor(self._palette.border) if neutral else color, 1))
            painter.setBrush(QColor(self._palette.raised) if neutral else Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        painter.setPen(color)
        words = self.text()
        if not self._framed:
            words = self.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, self.width())
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, words)

    def _restyle(self, palette: Palette) -> None:
        self._palette = palette
        self.update()
