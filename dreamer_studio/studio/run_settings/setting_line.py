"""One setting of a running training: name, field, value in use, meaning."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QToolButton, QWidget

from dreamer_studio.config import Option
from dreamer_studio.studio.widgets.fields.problem_label import ProblemLabel
from dreamer_studio.studio.widgets.fields.setting_field import SettingField
from dreamer_studio.studio.widgets.text import mute, plain_label, scaled_font
from dreamer_studio.viewing.run_settings.edits import Edits

NAME, FIELD, RESET, IN_USE, HELP, COLUMNS = range(6)


class SettingLine:
    """The widgets of a setting in two rows of a grid; the second row shows a problem.

    Attributes:
        option: the setting.
        field: the field to type its value.
        reset: the button that shows the value in use again.
    """

    def __init__(self, option: Option, grid: QGridLayout, row: int) -> None:
        self.option = option
        self.field = SettingField(option)
        self.reset = QToolButton()
        self.reset.setText("\N{ANTICLOCKWISE OPEN CIRCLE ARROW}")
        self.reset.setAutoRaise(True)
        self.reset.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.reset.setToolTip("Show the value in use again")
        self.reset.setAccessibleName(f"Reset {option.name}")
        self._problem = ProblemLabel(self.field.editor)
        self._name = plain_label(option.name)
        self._name.setBuddy(self.field.editor)
        self._in_use = plain_label()
        self._help = plain_label(f"{option.help}; {option.range}", wrap=True)
        mute(self._help)
        self._cells: dict[int, QWidget] = {
            NAME: self._name,
            FIELD: self.field,
            RESET: self.reset,
            IN_USE: self._in_use,
            HELP: self._help,
        }
        for column, widget in self._cells.items():
            grid.addWidget(widget, row, column)
        grid.addWidget(self._problem, row + 1, FIELD, 1, COLUMNS - FIELD)

    @property
    def problem(self) -> str:
        """Return the problem of the typed text; empty if there is none."""
        return self._problem.problem

    @property
    def marked(self) -> bool:
        """Return whether the setting is marked as changed."""
        return self._name.font().bold()

    @property
    def words(self) -> str:
        """Return the text beside the field."""
        return self._in_use.text()

    def show_edits(self, edits: Edits) -> None:
        """Show the typed text, the value in use, and the problem of the text."""
        name = self.option.name
        in_use = edits.in_use(name)
        self.field.set_text(edits.text(name))
        self._name.setText(f"{name} *" if in_use else name)
        self._name.setFont(scaled_font(self._help.font(), 1.0, bold=bool(in_use)))
        idle = edits.idle.get(name, "")
        self._in_use.setText(f"in use {in_use}" if in_use else "no effect" if idle else "")
        self._in_use.setToolTip(idle)
        self.reset.setVisible(bool(in_use) and not self.field.isHidden())
        self._problem.set_problem(edits.problems.get(name, ""))

    def set_shown(self, shown: bool) -> None:
        """Show or hide the line; a line with a typed text stays."""
        shown = shown or self.marked
        for widget in self._cells.values():
            widget.setVisible(shown)
        self.reset.setVisible(self.marked)
        self._problem.setVisible(shown and bool(self.problem))

    def is_about(self, words: str) -> bool:
        """Return whether name, section or meaning of the setting have all words."""
        text = f"{self.option.name} {self.option.section} {self.option.help}".casefold()
        return all(word in text for word in words.casefold().split())
