"""One setting in the list of all settings."""

from __future__ import annotations

from PySide6.QtWidgets import QGridLayout, QLabel

from dreamer_studio.config import Option
from dreamer_studio.studio.widgets.fields.setting_cells import FIELD, NAME, SettingCells
from dreamer_studio.studio.widgets.text import mute, plain_label, scaled_font

USUAL, OTHER, WHEN, HELP, COLUMNS = range(3, 8)
HEADINGS = {NAME: "Setting", FIELD: "Value", USUAL: "Preset", OTHER: "Other", WHEN: "Later", HELP: "Meaning and range"}
FIXED = "fixed"
LATER = "can change"


class SettingRow(SettingCells):
    """A setting with the preset's value, the value to compare with, and whether it can change later."""

    def __init__(self, option: Option, grid: QGridLayout, row: int) -> None:
        self._usual, self._other = plain_label(), plain_label()
        when = plain_label(FIXED if option.fixed else LATER)
        when.setToolTip("Cannot change once the run has begun" if option.fixed else "Can change during the run")
        for label in (self._usual, self._other, when):
            mute(label)
        super().__init__(option, grid, row, "Take the preset's value again", self._usual, self._other, when)

    def show_value(self, text: str, usual: str, *, changed: bool, problem: str) -> None:
        """Show a value, the preset's value, and the problem of the value."""
        self.field.set_text(text)
        self._usual.setText(usual)
        self._problem.set_problem(problem)
        self._mark(changed)

    def show_other(self, text: str | None, *, differs: bool) -> None:
        """Show the value of the configuration to compare with; None hides the column."""
        shown = "" if text is None else f"≠ {text}" if differs else text
        if shown != self._other.text():
            self._other.setText(shown)
            self._other.setFont(scaled_font(self._help.font(), 1.0, bold=differs))


def heading(text: str) -> QLabel:
    """Make the heading of a column or a section."""
    label = plain_label(text)
    label.setFont(scaled_font(label.font(), 0.92, bold=True))
    mute(label)
    return label
