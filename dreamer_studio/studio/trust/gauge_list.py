"""All gauges as a list: name and verdict, and below them the number, the episodes and a note, which wrap."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from dreamer_studio.studio.theme import Theme
from dreamer_studio.studio.trust.verdicts import role_of, verdict_text
from dreamer_studio.studio.widgets.chips import Chip
from dreamer_studio.studio.widgets.text import mute, plain_label, scaled_font
from dreamer_studio.trust.gauge import Gauge
from dreamer_studio.viewing.role import Role

_POLICY = ("entropy", "saturated", "oscillation")
"""Details of the gauge *policy* in the list."""


class GaugeList(QWidget):
    """Two lines for each gauge: its verdict, and its numbers with the reason below. Tab stops at the list once.

    Args:
        theme: the colors.
        names: the names on screen by the gauges' keys, in order.
    """

    spoken_role: ClassVar[QAccessible.Role] = QAccessible.Role.List

    def __init__(self, theme: Theme, names: Mapping[str, str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._names = dict(names)
        self._rows = {key: _Row(theme, name) for key, name in names.items()}
        grid = QGridLayout(self)
        grid.setContentsMargins(3, 2, 3, 2)
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(1)
        grid.setColumnStretch(1, 1)
        for place, row in enumerate(self._rows.values()):
            grid.addWidget(row.name, 2 * place, 0)
            grid.addWidget(row.verdict, 2 * place, 1, Qt.AlignmentFlag.AlignLeft)
            grid.addWidget(row.note, 2 * place + 1, 0, 1, 2)
        grid.setRowStretch(2 * len(self._rows), 1)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName("Gauges")

    def show_gauges(self, gauges: Mapping[str, Gauge]) -> None:
        """Show the gauges of a judgment."""
        for key, row in self._rows.items():
            row.show_gauge(gauges[key], note_of(key, gauges[key]))
        self.setAccessibleDescription(self.spoken())

    def line(self, key: str) -> str:
        """Return the texts of a gauge."""
        row = self._rows[key]
        return ", ".join(part.text() for part in (row.verdict, row.note) if part.text())

    def spoken(self) -> str:
        """Return all gauges in words."""
        return "; ".join(f"{name}: {self.line(key)}" for key, name in self._names.items())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Outline the list while it has the focus."""
        if self.hasFocus():
            painter = QPainter(self)
            painter.setPen(self.palette().color(QPalette.ColorRole.Accent))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))


def note_of(key: str, gauge: Gauge) -> str:
    """Return the reason of a gauge. For the policy, add the numbers of its actions."""
    notes = [gauge.reason] if gauge.reason else []
    if key == "policy":
        found = {name: gauge.details[name] for name in _POLICY if name in gauge.details}
        notes += [f"{name} {each.as_text()}" for name, each in found.items()]
    return "; ".join(notes)


class _Row:
    """The labels of one gauge."""

    def __init__(self, theme: Theme, name: str) -> None:
        self.name = plain_label(name)
        self.verdict = Chip(theme, "-", framed=False)
        self.note: QLabel = plain_label(wrap=True, selectable=True)
        self.note.setFont(scaled_font(self.note.font(), 0.92))
        self.note.hide()
        mute(self.note)

    def show_gauge(self, gauge: Gauge, note: str) -> None:
        found = gauge.measured
        self.verdict.set(verdict_text(found.verdict), role_of(found.verdict) if found.n else Role.NEUTRAL)
        numbers = f"{found.as_text()}, n {found.n}"
        self.note.setText(f"{numbers}; {note}" if note else numbers)
        self.note.show()
