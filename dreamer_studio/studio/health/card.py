"""The list of findings: a line for each rule, those that speak first."""

from __future__ import annotations

from typing import ClassVar, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from dreamer_studio.studio.health.dot import ROLES, LevelMark
from dreamer_studio.studio.help import health
from dreamer_studio.studio.theme import Theme
from dreamer_studio.studio.widgets.button import push_button
from dreamer_studio.studio.widgets.card import Card
from dreamer_studio.studio.widgets.scroll import list_area
from dreamer_studio.studio.widgets.text import mute, plain_label, scaled_font
from dreamer_studio.viewing.health.finding import Finding, Health

WAITING: Final = "Health looks at the run every two seconds once it is open."


class HealthCard(Card):
    """Shows a run's findings.

    Attributes:
        health: the findings on show.

    Args:
        theme: the colors.
    """

    gaugeWanted: ClassVar[Signal] = Signal(str)
    """Emitted with the name of the gauge that shows more."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "Health", help_text=health.HEALTH, caption_lines=0, parent=parent)
        self.health = Health()
        self._theme = theme
        self.set_body(plain_label(WAITING, wrap=True))

    def show_health(self, health: Health) -> None:
        """Show findings. The list is made again only if one has changed."""
        if health == self.health:
            return
        self.health = health
        self.set_subtitle(health.summary)
        self.set_badge(health.level, ROLES[health.level])
        rows = QWidget()
        grid = QGridLayout(rows)
        grid.setContentsMargins(0, 0, 4, 0)
        grid.setColumnStretch(1, 1)
        for row, finding in enumerate(health.findings):
            self._add(grid, row, finding)
        grid.setRowStretch(len(health.findings), 1)
        self.set_body(list_area(rows))

    def _add(self, grid: QGridLayout, row: int, finding: Finding) -> None:
        grid.addWidget(LevelMark(self._theme, finding.level), row, 0, Qt.AlignmentFlag.AlignTop)
        title = plain_label(f"{finding.title}: {finding.level}")
        title.setFont(scaled_font(title.font(), 1.0, bold=finding.speaks))
        texts = QWidget()
        lines = QGridLayout(texts)
        lines.setContentsMargins(0, 0, 0, 4)
        lines.setVerticalSpacing(1)
        lines.addWidget(title, 0, 0)
        lines.addWidget(_line(finding.sentence, muted=not finding.speaks), 1, 0)
        if finding.try_:
            lines.addWidget(_line(f"Try: {finding.try_}"), 2, 0)
        grid.addWidget(texts, row, 1)
        if finding.gauge:
            button = push_button("Show", f"Show the gauge: {finding.gauge}")
            button.setAccessibleName(f"Show the gauge {finding.gauge}")
            button.clicked.connect(lambda _=False, name=finding.gauge: self.gaugeWanted.emit(name))
            grid.addWidget(button, row, 2, Qt.AlignmentFlag.AlignTop)


def _line(text: str, *, muted: bool = False) -> QLabel:
    label = plain_label(text, wrap=True, selectable=True)
    if muted:
        mute(label)
    return label
