"""The legend of the runs laid over: a switch for each, and a menu to add more."""

from __future__ import annotations

import functools

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QCheckBox, QLabel, QMenu, QToolButton, QWidget

from dreamer_studio.library.entry import RunEntry
from dreamer_studio.studio.curve_cards.seeds import seed_groups
from dreamer_studio.studio.curve_cards.source import CurveSource, OtherRun
from dreamer_studio.studio.curves.bar import menu_button
from dreamer_studio.studio.theme import Palette, Theme
from dreamer_studio.studio.widgets.folder_dialog import ask_for_folder
from dreamer_studio.studio.widgets.layout.flow_bar import FlowBar, together
from dreamer_studio.studio.widgets.plots.run_colors import run_color, run_pattern
from dreamer_studio.studio.widgets.text import menu_text, mute, plain_tooltip

_SAMPLE = QSize(26, 12)
MOST_LISTED = 30
"""Most runs in the menu, the newest ones; any other folder can be opened."""


class RunsBar(FlowBar):
    """Names the other runs in their colors and dashes."""

    runsWanted = Signal()
    """Emitted when the menu opens, so that the runs on this machine are listed."""

    def __init__(self, theme: Theme, source: CurveSource, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._theme, self._source = theme, source
        self._listed: tuple[RunEntry, ...] | None = None
        self._task = ""
        self.add = menu_button("Add run", "Lay another run over the curves", self._open)
        self.group = QCheckBox("Group seeds")
        self.group.setToolTip(
            "Draw runs that differ only by their seeds as one line: the median of their averages, with a band from the"
            " lowest to the highest of them. The open run keeps its own line."
        )
        self.group.clicked.connect(self._draw_together)
        self._chips: dict[QWidget, int] = {}
        self._none_yet = QLabel("No other run is laid over.")
        mute(self._none_yet)
        self.set_items((self.add, self._none_yet))
        source.othersChanged.connect(self._show)
        source.choices.changed.connect(self._show)
        self._show()
        theme.changed.connect(self._restyle)

    def set_task(self, task: str) -> None:
        """Set the task of the open run, whose runs come first in the menu."""
        self._task = task

    def show_runs(self, runs: tuple[RunEntry, ...]) -> None:
        """List these runs in the menu."""
        self._listed = runs
        if self.add.menu().isVisible():
            self._fill(self.add.menu())

    def _open(self, menu: QMenu) -> None:
        self._fill(menu)
        self.runsWanted.emit()

    def _fill(self, menu: QMenu) -> None:
        menu.clear()
        if self._listed is None:
            menu.addAction("Looking for runs...").setEnabled(False)
        laid = {other.folder for other in self._source.others}
        runs = [entry for entry in self._listed or () if entry.task and entry.path not in laid]
        same = [entry for entry in runs if entry.task == self._task]
        others = [entry for entry in runs if entry.task != self._task]
        for title, group in ((f"Runs of {self._task}", same), ("Runs of other tasks", others)):
            if group:
                menu.addSection(title)
            for entry in group[:MOST_LISTED]:
                text = f"{entry.title} ({entry.preset}, step {entry.step:,}, {entry.state})"
                action = menu.addAction(
                    menu_text(text), functools.partial(self._source.add_run, entry.path, entry.title)
                )
                action.setToolTip(plain_tooltip(f"{entry.task}\n{entry.path}"))
        menu.addSeparator()
        menu.addAction("Other folder...", self._ask)

    def _ask(self) -> None:
        ask_for_folder(self, "Lay a run over the curves", self._source.add_run)

    def _show(self) -> None:
        before = self._chips
        groups = seed_groups(self._source.others)
        grouped = self._source.choices.settings.grouped
        self.group.setVisible(bool(groups))
        self.group.setChecked(grouped)
        entries = [(group.name, group.runs) for group in groups] if grouped else []
        taken = {other.folder for _, runs in entries for other in runs}
        entries += [(other.name, (other,)) for other in self._source.others if other.folder not in taken]
        self._chips = {self._chip(name, runs): runs[0].place for name, runs in entries}
        self.set_items((self.add, *(self._chips or [self._none_yet]), *([self.group] if groups else [])))
        self._none_yet.setVisible(not self._chips)
        for chip in before:
            chip.hide()
            chip.deleteLater()

    def _draw_together(self, on: bool) -> None:
        """Draw the runs of a group together, with those that were switched off, or each run on its own."""
        if on:
            groups = seed_groups(self._source.others)
            drawn = [run.folder for group in groups if any(run.on for run in group.runs) for run in group.runs]
            self._source.switch_run(True, *drawn)
        self._source.choices.change(grouped=on)

    def _chip(self, name: str, runs: tuple[OtherRun, ...]) -> QWidget:
        """Return the switch of a run, or of a group of runs, and a button that removes it."""
        switch = QCheckBox(menu_text(name))
        switch.setChecked(any(run.on for run in runs))
        switch.setIcon(_sample(self._theme.palette, runs[0].place))
        switch.setIconSize(_SAMPLE)
        folders = "\n".join(str(run.folder) for run in runs)
        switch.setToolTip(plain_tooltip(f"Draw {'these runs' if len(runs) > 1 else 'this run'}.\n{folders}"))
        switch.toggled.connect(lambda on: self._source.switch_run(on, *(run.folder for run in runs)))
        remove = QToolButton()
        remove.setText("\N{MULTIPLICATION SIGN}")
        remove.setAutoRaise(True)
        remove.setAccessibleName(f"Remove {name}")
        remove.setToolTip(plain_tooltip(f"Remove {name} from the curves"))
        remove.clicked.connect(lambda: self._source.remove_run(*(run.folder for run in runs)))
        return together(switch, remove, gap=2)

    def _restyle(self, palette: Palette) -> None:
        for chip, place in self._chips.items():
            switch = chip.findChild(QCheckBox)
            assert isinstance(switch, QCheckBox)
            switch.setIcon(_sample(palette, place))


def _sample(palette: Palette, place: int) -> QIcon:
    """Draw a piece of a run's line."""
    pixmap = QPixmap(_SAMPLE * 2)
    pixmap.setDevicePixelRatio(2)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    pen = QPen(QColor(run_color(palette, place)), 2)
    pattern = run_pattern(place)
    if pattern is not None:
        pen.setDashPattern(pattern)
    painter.setPen(pen)
    painter.drawLine(0, _SAMPLE.height() // 2, _SAMPLE.width(), _SAMPLE.height() // 2)
    painter.end()
    return QIcon(pixmap)
