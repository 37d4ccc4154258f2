"""One setting of a running training: name, field, value in use, meaning."""

from __future__ import annotations

from PySide6.QtWidgets import QGridLayout

from dreamer_studio.config import Option
from dreamer_studio.studio.widgets.fields.setting_cells import SettingCells
from dreamer_studio.studio.widgets.text import plain_label
from dreamer_studio.viewing.run_settings.edits import Edits

IN_USE, HELP, COLUMNS = range(3, 6)


class SettingLine(SettingCells):
    """A setting with the value in use. A line with a typed text stays on show."""

    def __init__(self, option: Option, grid: QGridLayout, row: int) -> None:
        self._in_use = plain_label()
        super().__init__(option, grid, row, "Show the value in use again", self._in_use)

    @property
    def words(self) -> str:
        """Return the text beside the field."""
        return self._in_use.text()

    def show_edits(self, edits: Edits) -> None:
        """Show the typed text, the value in use, and the problem of the value."""
        name = self.option.name
        in_use, idle = edits.in_use(name), edits.idle.get(name, "")
        self.field.set_text(edits.text(name))
        self._mark(bool(in_use))
        self._in_use.setText(f"in use {in_use}" if in_use else "no effect" if idle else "")
        self._in_use.setToolTip(idle)
        self._problem.set_problem(edits.problems.get(name, ""))

    def set_shown(self, shown: bool) -> None:
        """Show or hide the line. A line with a typed text stays."""
        super().set_shown(shown or self.marked)
