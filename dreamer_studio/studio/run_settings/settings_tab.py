"""All settings that can change while a run trains."""

from __future__ import annotations

import functools
from typing import ClassVar

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from dreamer_studio.session import ChangeSetting, Status
from dreamer_studio.studio.run_settings.setting_line import COLUMNS, HELP, IN_USE, SettingLine
from dreamer_studio.studio.widgets.fields.setting_cells import NAME, RESET, RESET_SIGN, settings_filter
from dreamer_studio.studio.widgets.text import mute, plain_label, scaled_font
from dreamer_studio.viewing.run_settings.edits import Edits, changeable_options, review_edits


class SettingsTab(QWidget):
    """Fields for the settings, and the button that applies the typed values.

    Attributes:
        lines: the settings on show, by name.
        filter: the field that filters the settings.
        apply: applies all typed values.
        discard: shows the values in use again.
    """

    commanded: ClassVar[Signal] = Signal(object)
    """Emitted with a `ChangeSetting` for each value to apply."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._typed: dict[str, str] = {}
        self._edits: Edits | None = None
        self._status: Status | None = None
        self.lines: dict[str, SettingLine] = {}
        self._headings: dict[str, QLabel] = {}
        self.filter = settings_filter()
        self.filter.textChanged.connect(lambda _: self._sift())
        self.apply = QPushButton("&Apply")
        self.apply.setDefault(True)
        self.apply.clicked.connect(self._apply)
        self.discard = QPushButton("&Discard")
        self.discard.setToolTip("Show the values in use again")
        self.discard.setAutoDefault(False)
        self.discard.clicked.connect(lambda: self._forget(None))
        self._area = QScrollArea()
        self._note = plain_label()
        mute(self._note)
        self.setFocusProxy(self.filter)
        self._lay_out()

    def show_status(self, status: Status) -> None:
        """Follow the values in use; typed texts stay until they are in use."""
        if self._status is None or status.config is not self._status.config or status.prefill != self._status.prefill:
            self._status = status
            self._review()

    def show_setting(self, name: str) -> None:
        """Scroll to a setting, and give its field the focus."""
        self.filter.clear()
        field = self.lines[name].field
        field.setFocus()
        QTimer.singleShot(0, field, lambda: self._area.ensureWidgetVisible(field))  # after the layout

    def _review(self) -> None:
        if self._status is None:
            return
        edits = self._edits = review_edits(self._status, self._typed)
        self._typed = dict(edits.typed)
        for line in self.lines.values():
            line.show_edits(edits)
        count, wrong = len(edits.values), len(edits.problems)
        self.apply.setText(f"&Apply {count} changes" if count > 1 else "&Apply")
        self.apply.setEnabled(edits.can_apply)
        self.discard.setEnabled(bool(edits.typed))
        waits = f"Correct {wrong} of the values first." if wrong else "Changes hold from the next update on."
        self._note.setText(waits if edits.typed else "Changed settings go to the log and get a flag in every curve.")
        self._sift()

    def _edit(self, name: str, text: str) -> None:
        self._typed[name] = text
        self._review()

    def _forget(self, name: str | None) -> None:
        self._typed = {} if name is None else {key: text for key, text in self._typed.items() if key != name}
        self._review()

    def _apply(self) -> None:
        if self._edits is not None and self._edits.can_apply:
            for name, value in self._edits.values.items():
                self.commanded.emit(ChangeSetting(name, value))

    def _sift(self) -> None:
        sections = set()
        for line in self.lines.values():
            about = line.is_about(self.filter.text())
            line.set_shown(about)
            sections |= {line.option.section} if about or line.marked else set()
        for section, heading in self._headings.items():
            heading.setVisible(section in sections)

    def _lay_out(self) -> None:
        content = QWidget()
        grid = QGridLayout(content)
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(2)
        grid.setColumnStretch(HELP, 1)
        row = 0
        for option in changeable_options():
            if option.section not in self._headings:
                heading = self._headings[option.section] = plain_label(option.section.capitalize())
                heading.setFont(scaled_font(heading.font(), 1.0, bold=True))
                grid.addWidget(heading, row, 0, 1, COLUMNS)
                row += 1
            line = self.lines[option.name] = SettingLine(option, grid, row)
            line.field.edited.connect(functools.partial(self._edit, option.name))
            line.reset.clicked.connect(functools.partial(self._forget, option.name))
            row += 2
        grid.setRowStretch(row, 1)
        metrics = self.fontMetrics()  # no column changes its width with its texts
        widest = max(changeable_options(), key=lambda option: len(option.name)).name
        grid.setColumnMinimumWidth(NAME, metrics.horizontalAdvance(f"{widest} * "))
        grid.setColumnMinimumWidth(RESET, metrics.horizontalAdvance(f"  {RESET_SIGN}  "))
        grid.setColumnMinimumWidth(IN_USE, metrics.horizontalAdvance("in use 0.00001"))
        area = self._area
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(content)
        buttons = QHBoxLayout()
        buttons.addWidget(self._note, 1)
        buttons.addWidget(self.discard)
        buttons.addWidget(self.apply)
        layout = QVBoxLayout(self)
        layout.addWidget(self.filter)
        layout.addWidget(area, 1)
        layout.addLayout(buttons)
