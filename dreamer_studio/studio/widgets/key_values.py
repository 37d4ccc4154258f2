"""A list of facts: labels on the left, values on the right."""

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter, QPaintEvent, QPalette, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QLineEdit, QSizePolicy, QWidget

from dreamer_studio.studio.actions import Scope
from dreamer_studio.studio.widgets.fields.manners import Manners
from dreamer_studio.studio.widgets.keys import pressed
from dreamer_studio.studio.widgets.text import mute, plain_label, plain_tooltip


class KeyValueList(QWidget):
    """Rows of "label: value", in the order in which they were first set.

    Tab stops at the list once. Up and Down go through the values, which the user can select and copy.
    """

    def __init__(self, labels: tuple[str, ...] = (), parent: QWidget | None = None) -> None:
        """Make a list.

        Args:
            labels: Rows to show from the start without values, so that nothing moves when the values arrive.
            parent: The owner.
        """
        super().__init__(parent)
        self._values: dict[str, ValueField] = {}
        self._labels: dict[str, QLabel] = {}
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(3)
        self._grid.setColumnStretch(1, 1)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName("Facts")
        for label in labels:
            self.set_value(label, "-")

    def set_value(self, label: str, value: str) -> None:
        """Set the value of a row, and add the row if the label is new."""
        if label not in self._values:
            self._add_row(label)
        self._values[label].set_value(value)

    def set_shown(self, label: str, shown: bool) -> None:
        """Show or hide a row."""
        for part in (self._labels[label], self._values[label]):
            part.setVisible(shown)

    def value(self, label: str) -> str:
        """Return the whole value of a row.

        Raises:
            KeyError: If there is no such row.
        """
        return self._values[label].latest

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Describe all rows, for a screen reader."""
        shown = ((label, field) for label, field in self._values.items() if not field.isHidden())
        self.setAccessibleDescription(", ".join(f"{label}: {field.latest}" for label, field in shown))
        super().focusInEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go to the value above or below."""
        move = {"facts.previous": -1, "facts.next": 1}.get(pressed(Scope.FACTS, event.key()))
        if move is None:
            super().keyPressEvent(event)
            return
        fields = [field for field in self._values.values() if not field.isHidden()]
        current = next((row for row, field in enumerate(fields) if field.hasFocus()), -1)
        if fields:
            chosen = fields[max(0, min(len(fields) - 1, current + move))]
            chosen.setFocus()
            chosen.selectAll()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Outline the list while it has the focus."""
        if self.hasFocus():
            painter = QPainter(self)
            painter.setPen(self.palette().color(QPalette.ColorRole.Accent))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))

    def _add_row(self, label: str) -> None:
        words = plain_label(label)
        mute(words)
        field = ValueField(label)
        row = len(self._values)
        self._grid.addWidget(words, row, 0)
        self._grid.addWidget(field, row, 1)
        self._values[label], self._labels[label] = field, words


class ValueField(QLineEdit):
    """A value that the user can select and copy whole. Without the focus, a long value is elided."""

    def __init__(self, label: str) -> None:
        super().__init__()
        self.latest = ""
        self.setReadOnly(True)
        self.setFrame(False)
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.setTextMargins(0, 0, 0, 0)
        self.setAccessibleName(label)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        Manners(self)
        self.selectionChanged.connect(self._catch_up)

    def set_value(self, value: str) -> None:
        """Show a value, but not while the user has selected the current one."""
        self.latest = value
        self._catch_up()

    def shown_text(self) -> str:
        """Return the text as painted without the focus."""
        room = self.contentsRect().width() - 2
        return self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, room)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Elide again for the new width."""
        super().resizeEvent(event)
        self._update_tooltip()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Clear the selection, and show a value that has waited for that."""
        super().focusOutEvent(event)
        if event.reason() is not Qt.FocusReason.PopupFocusReason:  # the menu that copies the selection
            self.deselect()
            self.setCursorPosition(0)

    def changeEvent(self, event: QEvent) -> None:
        """Elide again for another font."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.FontChange:
            self._update_tooltip()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the elided value, or the field itself while it has the focus."""
        if self.hasFocus():
            super().paintEvent(event)
            return
        painter = QPainter(self)
        painter.setPen(self.palette().color(QPalette.ColorRole.Text))
        flags = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(self.contentsRect().adjusted(0, 0, -2, 0), flags, self.shown_text())

    def _catch_up(self) -> None:
        if self.latest != self.text() and not self.hasSelectedText():
            self.setText(self.latest)
            self.setCursorPosition(0)
            self._update_tooltip()

    def _update_tooltip(self) -> None:
        self.setToolTip(plain_tooltip(self.text()) if self.shown_text() != self.text() else "")
