"""The widgets of one setting in a list of settings, and the field that filters the list."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLineEdit, QToolButton, QWidget

from dreamer_studio.config import Option
from dreamer_studio.studio.widgets.fields.problem_label import ProblemLabel
from dreamer_studio.studio.widgets.fields.setting_field import SettingField
from dreamer_studio.studio.widgets.text import mute, plain_label, scaled_font

NAME, FIELD, RESET = range(3)
"""The first columns of a list. Columns of its own follow, and the meaning of the setting comes last."""

RESET_SIGN = "\N{ANTICLOCKWISE OPEN CIRCLE ARROW}"


def settings_filter() -> QLineEdit:
    """Make the field above a list of settings whose words filter the list."""
    field = QLineEdit()
    field.setPlaceholderText("Filter settings")
    field.setAccessibleName("Filter settings")
    field.setClearButtonEnabled(True)
    return field


class SettingCells:
    """Name, field, reset button, further cells and meaning in a row of a grid; the next row shows a problem.

    Attributes:
        option: the setting.
        field: the field with its value.
        reset: the button that takes a change back.
        marked: whether the setting is marked as changed.

    Args:
        option: the setting.
        grid: takes the cells.
        row: the first of two rows of the grid.
        reset_tip: the tooltip of the reset button.
        more: the cells between the reset button and the meaning.
    """

    def __init__(self, option: Option, grid: QGridLayout, row: int, reset_tip: str, *more: QWidget) -> None:
        self.option = option
        self.marked = False
        self.field = SettingField(option)
        self.reset = QToolButton()
        self.reset.setEnabled(False)
        self.reset.setAutoRaise(True)
        self.reset.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.reset.setToolTip(reset_tip)
        self.reset.setAccessibleName(f"Reset {option.name}")
        self._problem = ProblemLabel(self.field.editor)
        self._name = plain_label(option.name)
        self._name.setBuddy(self.field.editor)
        self._help = plain_label(f"{option.help}; {option.range}", wrap=True)
        mute(self._help)
        self._cells = (self._name, self.field, self.reset, *more, self._help)
        for column, widget in enumerate(self._cells):
            grid.addWidget(widget, row, column)
        grid.addWidget(self._problem, row + 1, FIELD, 1, len(self._cells) - FIELD)

    @property
    def problem(self) -> str:
        """Return the problem of the value; empty if there is none."""
        return self._problem.problem

    def is_about(self, words: str) -> bool:
        """Return whether name, section or meaning of the setting have all words."""
        text = f"{self.option.name} {self.option.section} {self.option.help}".casefold()
        return all(word in text for word in words.casefold().split())

    def set_shown(self, shown: bool) -> None:
        """Show or hide the setting; with a problem it stays."""
        shown = shown or bool(self.problem)
        if shown == self.field.isHidden():  # showing a widget again is not free, and there are hundreds
            for widget in self._cells:
                widget.setVisible(shown)
        self._problem.setVisible(shown and bool(self.problem))

    def _mark(self, changed: bool) -> None:
        """Mark the setting as changed, or remove the mark."""
        if changed == self.marked:
            return  # setting fonts and texts again would lay out the whole page at each key
        self.marked = changed
        self._name.setText(f"{self.option.name} *" if changed else self.option.name)
        self._name.setFont(scaled_font(self._help.font(), 1.0, bold=changed))
        self.reset.setEnabled(changed)
        self.reset.setText(RESET_SIGN if changed else "")
