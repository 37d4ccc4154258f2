"""A toolbar that gives up its words before it hides a button."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QSize, Qt, QTimer
from PySide6.QtGui import QIcon, QPainter, QPalette, QPen, QPixmap, QPolygonF, QResizeEvent
from PySide6.QtWidgets import QLabel, QToolBar, QToolButton, QWidget

SLACK = 12
"""Pixels of room beyond the words before they come back, so that they do not flicker."""

_CHEVRON = 16  # pixels


class FittingToolBar(QToolBar):
    """Shows words beside the icons if there is room, else icons and short labels, else an extension button too."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(title, parent)
        self._labels: list[tuple[QLabel, str, str]] = []
        self._full = 0
        self._compact = False
        self.setMovable(False)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._more = self.findChild(QToolButton, "qt_toolbar_ext_button")
        self._draw_chevron()

    def add_labeled(self, words: str, short: str, box: QWidget) -> None:
        """Add a box with a label, which becomes short if there is little room."""
        label = QLabel(f" {words} ")
        label.setBuddy(box)
        label.setToolTip(box.toolTip())
        self._labels.append((label, words, short))
        self.addWidget(label)
        self.addWidget(box)

    @property
    def compact(self) -> bool:
        """Return whether the buttons are icons only."""
        return self._compact

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Choose words or icons for the new width."""
        super().resizeEvent(event)
        QTimer.singleShot(0, self, self._fit)

    def event(self, event: QEvent) -> bool:
        """Choose again after a button or the font has changed."""
        if event.type() in {QEvent.Type.ActionChanged, QEvent.Type.ActionAdded}:
            QTimer.singleShot(0, self, self._fit)
        elif event.type() is QEvent.Type.FontChange:
            self._set(compact=False)
            QTimer.singleShot(0, self, self._fit)
        elif event.type() is QEvent.Type.PaletteChange:
            self._draw_chevron()
        return super().event(event)

    def _fit(self) -> None:
        if not self._compact:
            self._full = self.sizeHint().width()
        compact = self._full > self.width() - (SLACK if self._compact else 0)
        if compact != self._compact:
            self._set(compact=compact)

    def _set(self, *, compact: bool) -> None:
        self._compact = compact
        self.setProperty("compact", compact)  # for the style sheet, which pads the buttons less
        for widget in (self, *self.findChildren(QToolButton)):
            widget.style().unpolish(widget)
            widget.style().polish(widget)
        styles = Qt.ToolButtonStyle
        self.setToolButtonStyle(styles.ToolButtonIconOnly if compact else styles.ToolButtonTextBesideIcon)
        for label, words, short in self._labels:
            label.setText(f" {short if compact else words} ")
        for action in self.actions():
            if action.isSeparator():
                action.setVisible(not compact)

    def _draw_chevron(self) -> None:
        """Draw the sign of the extension button, because a style sheet hides the sign of the style."""
        more = self._more
        if more is None:
            return
        pixmap = QPixmap(QSize(_CHEVRON, _CHEVRON))
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self.palette().color(QPalette.ColorRole.ButtonText), 2))
        for left in (2.5, 8.5):
            painter.drawPolyline(QPolygonF([QPointF(left, 3), QPointF(left + 5, 8), QPointF(left, 13)]))
        painter.end()
        more.setIcon(QIcon(pixmap))
        more.setAccessibleName("More buttons")
