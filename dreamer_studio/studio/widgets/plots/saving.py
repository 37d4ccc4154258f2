"""The context menu of a plot: copy its values, save them or the figure, and move the axes."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import ClassVar

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QMenu, QMessageBox, QWidget

from dreamer_studio.files import write_whole
from dreamer_studio.studio.actions import action, tooltip
from dreamer_studio.studio.theme import Theme
from dreamer_studio.studio.widgets.plots.axes import PlotAxes
from dreamer_studio.studio.widgets.plots.export.figure import PlotFigure
from dreamer_studio.studio.widgets.plots.export.table import Lines, separated_text, within
from dreamer_studio.studio.widgets.plots.legend import Legend
from dreamer_studio.studio.widgets.plots.series import SeriesStyle


class SavablePlot(PlotAxes):
    """Axes with a legend, whose values and figure can be saved.

    Attributes:
        styles: the lines, by name.
        legend: the legend, which a card may put into its header.
        unit: the unit of the values, for figures; empty if there is none.
    """

    logChosen: ClassVar[Signal] = Signal(bool)
    """Emitted when the user switches the logarithmic axis on or off."""

    menuWanted: ClassVar[Signal] = Signal(QMenu)
    """Emitted before the context menu opens, so that the owner can add actions to it."""

    def __init__(self, theme: Theme, series: Sequence[SeriesStyle], x_title: str, parent: QWidget | None) -> None:
        super().__init__(x_title, parent)
        self.styles = {style.name: style for style in series}
        self.legend = Legend(theme, series)
        self._theme = theme
        self.unit = ""
        self._palette = theme.palette

    def figure(self) -> PlotFigure:
        """Return the plot as a figure, in the colors on show."""
        title = f"{self.accessibleName()} ({self.unit})" if self.unit else self.accessibleName()
        return PlotFigure(title, Legend(self._theme, self._named_in_figures()), self._view, self._palette)

    def values_text(self, separator: str) -> str:
        """Return the values in sight as a table."""
        left, right, *_ = self.visible_range()
        lines = self._columns() if self._following else within(self._columns(), left, right)
        return separated_text(self._x_title, lines, separator)

    def copy_values(self) -> None:
        """Put the values in sight on the clipboard, separated by tabs as spreadsheets paste them."""
        QGuiApplication.clipboard().setText(self.values_text("\t"))

    def open_menu(self, position: QPoint) -> None:
        """Open the context menu at a position of the screen."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.setToolTipsVisible(True)
        part = "" if self._following else " in sight"
        menu.addAction(f"Copy values{part}", self.copy_values).setToolTip(tooltip(action("plot.copy")))
        menu.addAction(f"Save values{part} (CSV)...", lambda: self._save("csv", self._csv))
        menu.addAction("Save figure (PNG)...", lambda: self._save("png", self.figure().png))
        menu.addAction("Save figure (SVG)...", lambda: self._save("svg", self.figure().svg))
        menu.addSeparator()
        for id_, react in (("plot.follow", self.follow), ("plot.hold", self.hold), ("plot.fit", self.fit)):
            menu.addAction(action(id_).help.removesuffix("."), react).setToolTip(tooltip(action(id_)))
        log = menu.addAction("Logarithmic axis")
        log.setCheckable(True)
        log.setChecked(self._log)
        log.toggled.connect(self.set_log)
        log.toggled.connect(self.logChosen)
        self.menuWanted.emit(menu)
        menu.popup(position)

    def _named_in_figures(self) -> Sequence[SeriesStyle]:
        """Return the lines that the legend of a figure names."""
        return self.legend.series

    def _columns(self) -> Lines:
        """Return the values for tables: those of the lines, and further ones."""
        return self._lines()

    def _csv(self) -> bytes:
        return self.values_text(",").encode()

    def _save(self, ending: str, content: Callable[[], bytes]) -> None:
        """Ask for a file, and write what `content` returns into it."""
        dialog = QFileDialog(self, f"Save {self.accessibleName()}")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilter(f"{ending.upper()} (*.{ending})")
        dialog.setDefaultSuffix(ending)
        name = re.sub(r"\W+", "-", self.accessibleName().lower()).strip("-")
        dialog.selectFile(f"{name or 'plot'}.{ending}")
        dialog.fileSelected.connect(lambda path: self._write(Path(path), content))
        dialog.open()

    def _write(self, path: Path, content: Callable[[], bytes]) -> None:
        try:
            write_whole(path, content())
        except OSError as error:
            told = f"{path.name} cannot be written: {error}"
            problem = QMessageBox(QMessageBox.Icon.Warning, "Not saved", told, parent=self)
            problem.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            problem.open()
