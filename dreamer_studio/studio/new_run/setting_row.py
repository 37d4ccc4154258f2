"""One setting in the list of all settings."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QToolButton, QWidget

from dreamer_studio.config import Option
from dreamer_studio.studio.widgets.fields.problem_label import ProblemLabel
from dreamer_studio.studio.widgets.fields.setting_field import SettingField
from dreamer_studio.studio.widgets.text import mute, plain_label, scaled_font

NAME, FIELD, RESET, USUAL, OTHER, WHEN, HELP, COLUMNS = range(8)
HEADINGS = {NAME: "Setting", FIELD: "Value", USUAL: "Preset", OTHER: "Other", WHEN: "Later", HELP: "Meaning and range"}
FIXED = "fixed"
RESET_SIGN = "↺"
LATER = "can change"


class SettingRow:
    """The widgets of a setting, in two rows of a grid: the second row shows a problem.

    Attributes:
        option: the setting.
        field: the field with its value.
        reset: the button that takes the preset's value.
        marked: whether the setting is marked as changed.
    """

    def __init__(self, option: Option, grid: QGridLayout, row: int) -> None:
        self.option = option
        self.marked = False
        self.field = SettingField(option)
        self.reset = QToolButton()
        self.reset.setEnabled(False)
        self.reset.setAutoRaise(True)
        self.reset.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.reset.setToolTip("Take the preset's value again")
        self.reset.setAccessibleName(f"Reset {option.name}")
        self._problem = ProblemLabel(self.field.editor)
        self._name = plain_label(option.name)
        self._name.setBuddy(self.field.editor)
        self._usual = plain_label()
        self._other = plain_label()
        self._when = plain_label(FIXED if option.fixed else LATER)
        self._when.setToolTip("Cannot change once the run has begun" if option.fixed else "Can change during the run")
        self._help = plain_label(f"{option.help}; {option.range}", wrap=True)
        for label in (self._usual, self._other, self._when, self._help):
            mute(label)
        self._cells: dict[int, QWidget] = {
            NAME: self._name,
            FIELD: self.field,
            RESET: self.reset,
            USUAL: self._usual,
            OTHER: self._other,
            WHEN: self._when,
            HELP: self._help,
        }
        for column, widget in self._cells.items():
            grid.addWidget(widget, row, column)
        grid.addWidget(self._problem, row + 1, FIELD, 1, COLUMNS - FIELD)

    @property
    def problem(self) -> str:
        """Return the problem of the value; empty if there is none."""
        return self._problem.problem

    def show_value(self, text: str, usual: str, *, changed: bool, problem: str) -> None:
        """Show a value, the preset's value, and the problem of the value."""
        self.field.set_text(text)
        self._usual.setText(usual)
        self._problem.set_problem(problem)
        if changed == self.marked:
            return  # setting fonts and texts again would lay out the whole page at each key
        self.marked = changed
        self._name.setText(f"{self.option.name} *" if changed else self.option.name)
        self._name.setFont(scaled_font(self._help.font(), 1.0, bold=changed))
        self.reset.setEnabled(changed)
        self.reset.setText(RESET_SIGN if changed else "")

    def show_other(self, text: str | None, *, differs: bool) -> None:
        """Show the value of the configuration to compare with; None hides the column."""
        shown = "" if text is None else f"≠ {text}" if differs else text
        if shown != self._other.text():
            self._other.setText(shown)
            self._other.setFont(scaled_font(self._help.font(), 1.0, bold=differs))

    def set_shown(self, shown: bool) -> None:
        """Show or hide the row; a row with a problem stays."""
        shown = shown or bool(self.problem)
        if shown == self.field.isHidden():  # showing a widget again is not free, and there are hundreds
            for widget in self._cells.values():
                widget.setVisible(shown)
        self._problem.setVisible(shown and bool(self.problem))


def heading(text: str) -> QLabel:
    """Make the heading of a column or a section."""
    label = plain_label(text)
    label.setFont(scaled_font(label.font(), 0.92, bold=True))
    mute(label)
    return label


def is_about(option: Option, words: str) -> bool:
    """Return whether name, section or help of a setting has all words."""
    text = f"{option.name} {option.section} {option.help}".casefold()
    return all(word in text for word in words.casefold().split())
