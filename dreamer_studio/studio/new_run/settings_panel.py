"""All settings of a new run, folded at first."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import ClassVar

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from dreamer_studio.config import Config, ConfigError, offered_presets, setting_text
from dreamer_studio.runs.errors import RunError
from dreamer_studio.runs.folder import RunFolder
from dreamer_studio.studio.new_run.setting_row import COLUMNS, HEADINGS, HELP, OTHER, SettingRow, heading
from dreamer_studio.studio.widgets.fields.problem_label import ProblemLabel
from dreamer_studio.studio.widgets.fields.setting_cells import settings_filter
from dreamer_studio.studio.widgets.fields.words_box import WordsBox
from dreamer_studio.studio.widgets.folder_dialog import ask_for_folder
from dreamer_studio.viewing.new_run.choice import Review, page_options

NOTHING, ANOTHER_RUN = "nothing", "another run..."


class SettingsPanel(QWidget):
    """The settings in a list that unfolds, with a filter and a comparison."""

    edited: ClassVar[Signal] = Signal(str, str)
    """Emitted with a setting and its text after the user has changed it."""

    resetWanted: ClassVar[Signal] = Signal(str)
    """Emitted with a setting that should have the preset's value again; empty for all settings."""

    presetCompared: ClassVar[Signal] = Signal(str)
    """Emitted with the preset to compare with."""

    unfolded: ClassVar[Signal] = Signal()
    """Emitted when the list has unfolded."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: dict[str, SettingRow] = {}
        self._review: Review | None = None
        self._other: Config | None = None
        self._headings: list[tuple[str, QLabel]] = []
        self._other_heading: QLabel | None = None
        self.fold = QToolButton()
        self.fold.setCheckable(True)
        self.fold.setAutoRaise(True)
        self.fold.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.fold.setArrowType(Qt.ArrowType.RightArrow)
        self.fold.toggled.connect(self._unfold)
        self.filter = settings_filter()
        self.filter.textChanged.connect(lambda _: self._sift())
        self.only_different = QCheckBox("Only differences")
        self.only_different.setToolTip("Show only changed settings, and those that differ from the comparison")
        self.only_different.toggled.connect(lambda _: self._sift())
        self._compared_label = QLabel("Compare &with")
        self.compared = WordsBox("Compare with", (NOTHING, *offered_presets(), ANOTHER_RUN), label=self._compared_label)
        self.compared.textActivated.connect(self._compare)
        self._compare_problem = ProblemLabel(self.compared)
        self.reset_all = QPushButton("Rese&t all")
        self.reset_all.setToolTip("Take the preset's values again")
        self.reset_all.clicked.connect(lambda: self.resetWanted.emit(""))
        self._body = QWidget()
        self._grid = QGridLayout()
        self._lay_out()
        self._body.hide()

    def show_review(self, review: Review) -> None:
        """Show the values of a choice, and their problems."""
        self._review = review
        count = len(review.changed)
        self.fold.setText(f"&All settings ({len(page_options())}, {count} changed)")
        self.reset_all.setEnabled(bool(count))
        self.reset_all.setVisible(bool(count) or self.fold.isChecked())
        if review.base is not None and any(name in review.errors for name in review.changed):
            self.fold.setChecked(True)  # a problem must be visible
        self._fill()

    def compare_with(self, config: Config | None) -> None:
        """Show another configuration beside the values; None shows none."""
        self._other = config
        self._fill()

    @property
    def compared_preset(self) -> str:
        """Return the preset to compare with; empty if there is none."""
        text = self.compared.currentText()
        return text if text in offered_presets() else ""

    @property
    def shown_names(self) -> list[str]:
        """Return the names of the settings on show."""
        return [name for name, row in self.rows.items() if not row.field.isHidden()]

    def compare_with_run(self, folder: Path) -> None:
        """Compare with the settings of a run."""
        try:
            config = RunFolder(folder).read()
        except (RunError, ConfigError, OSError) as error:
            self._compare_problem.set_problem(str(error))
            return
        self._compare_problem.set_problem("")
        self.compare_with(config)

    def _unfold(self, on: bool) -> None:
        self.fold.setArrowType(Qt.ArrowType.DownArrow if on else Qt.ArrowType.RightArrow)
        if on and not self.rows:
            self._make_rows()
        self._body.setVisible(on)
        self._fill()
        if on:
            self.unfolded.emit()

    def _make_rows(self) -> None:
        for column, text in HEADINGS.items():
            title = heading(text)
            self._grid.addWidget(title, 0, column)
            if column == OTHER:
                self._other_heading = title
        self._grid.setColumnStretch(HELP, 1)
        section, row = "", 1
        for option in page_options():
            if option.section != section:
                section = option.section
                title = heading(section.capitalize())
                self._headings.append((section, title))
                self._grid.addWidget(title, row, 0, 1, COLUMNS)
                row += 1
            made = SettingRow(option, self._grid, row)
            made.field.edited.connect(functools.partial(self.edited.emit, option.name))
            made.reset.clicked.connect(functools.partial(self.resetWanted.emit, option.name))
            self.rows[option.name] = made
            row += 2

    def _fill(self) -> None:
        review = self._review
        if review is None or review.base is None or not self.fold.isChecked():
            return
        if self._other_heading is not None:
            self._other_heading.setVisible(self._other is not None)
        for name, row in self.rows.items():
            usual = setting_text(getattr(review.base, name))
            text = review.choice.changes.get(name, usual)
            row.show_value(text, usual, changed=name in review.changed, problem=review.errors.get(name, ""))
            other = None if self._other is None else setting_text(getattr(self._other, name))
            row.show_other(other, differs=other is not None and other != text)
        self._sift()

    def _sift(self) -> None:
        """Show the rows that fit the filter."""
        sections = set()
        for name, row in self.rows.items():
            differs = row.marked or self._differs(name)
            shown = row.is_about(self.filter.text()) and (differs or not self.only_different.isChecked())
            row.set_shown(shown)
            sections |= {row.option.section} if shown or row.problem else set()
        for section, title in self._headings:
            title.setVisible(section in sections)

    def _differs(self, name: str) -> bool:
        config = None if self._review is None else self._review.config
        if config is None or self._other is None:
            return False
        return bool(getattr(config, name) != getattr(self._other, name))

    def _compare(self, text: str) -> None:
        self._compare_problem.set_problem("")
        if text == NOTHING:
            self.compare_with(None)
        elif text == ANOTHER_RUN:
            ask_for_folder(self, "Run to compare with", self.compare_with_run, otherwise=self._compare_with_nothing)
        else:
            self.presetCompared.emit(text)

    def _compare_with_nothing(self) -> None:
        with QSignalBlocker(self.compared):
            self.compared.setCurrentText(NOTHING)
        self.compare_with(None)

    def _lay_out(self) -> None:
        first = QHBoxLayout()
        first.addWidget(self.fold)
        first.addStretch(1)
        first.addWidget(self.reset_all)
        tools = QHBoxLayout()
        tools.addWidget(self.filter, 1)
        tools.addWidget(self.only_different)
        tools.addWidget(self._compared_label)
        tools.addWidget(self.compared)
        inside = QVBoxLayout(self._body)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.addLayout(tools)
        inside.addWidget(self._compare_problem)
        self._grid.setHorizontalSpacing(10)
        self._grid.setVerticalSpacing(2)
        inside.addLayout(self._grid)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(first)
        layout.addWidget(self._body)
