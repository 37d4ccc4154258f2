"""The context menu of a plot: values to the clipboard and to a file, figures, and what it says if it cannot save."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent, QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QMenu, QMessageBox
from pytestqt.qtbot import QtBot

from dreamer_studio.studio.theme import DARK, LIGHT, Theme
from dreamer_studio.studio.widgets.plots.export.table import separated_text
from dreamer_studio.studio.widgets.plots.plot import Plot
from dreamer_studio.studio.widgets.plots.run_colors import run_color
from dreamer_studio.studio.widgets.plots.series import SeriesStyle
from dreamer_studio.studio.widgets.plots.timeline import TimelinePlot
from dreamer_studio.studio.widgets.plots.training.curve import CurvePlot
from dreamer_studio.viewing.role import Role
from tests.support.pixels import count
from tests.support.plots import at_pixel, canvas, drawing, hover


@pytest.fixture
def plot(theme: Theme, qtbot: QtBot) -> CurvePlot:
    styles = [SeriesStyle("training", Role.REAL), SeriesStyle("test", Role.OK, smoothed=False)]
    made = CurvePlot(theme, styles, name="Return", smoothing_span=3)
    made.unit = "per episode"
    qtbot.addWidget(made)
    made.resize(700, 300)
    made.show()
    made.append("training", [0, 1000, 1000, 2000], [1, 2, 3, float("nan")])
    made.append("test", [1000], [7])
    QApplication.processEvents()
    return made


def menu_of(plot: Plot) -> QMenu:
    (menu,) = [menu for menu in plot.findChildren(QMenu) if menu.isVisible()]
    return menu


def choose(plot: Plot, text: str) -> None:
    menu = menu_of(plot)
    next(action for action in menu.actions() if action.text() == text).trigger()
    menu.close()


def save_as(plot: Plot, text: str, path: Path, qtbot: QtBot) -> None:
    choose(plot, text)
    dialog = plot.findChild(QFileDialog)
    assert dialog is not None
    dialog.selectFile(str(path))
    with qtbot.waitSignal(dialog.finished):
        dialog.accept()


def test_that_a_right_click_and_the_menu_key_open_the_menu(plot: CurvePlot) -> None:
    QTest.mouseClick(canvas(plot), Qt.MouseButton.RightButton, pos=at_pixel(plot, 1000, 3))
    texts = [action.text() for action in menu_of(plot).actions()]
    assert texts[:4] == ["Copy values", "Save values (CSV)...", "Save figure (PNG)...", "Save figure (SVG)..."]
    menu_of(plot).close()
    middle = QPoint(5, 5)
    QApplication.sendEvent(plot, QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, middle, plot.mapToGlobal(middle)))
    assert menu_of(plot).isVisible()
    menu_of(plot).close()


def test_that_copied_values_can_be_pasted_into_a_spreadsheet(plot: CurvePlot) -> None:
    QTest.keyClick(plot, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    rows = [row.split("\t") for row in QGuiApplication.clipboard().text().splitlines()]
    assert rows[0] == ["environment steps", "training", "training (average)", "test"]
    assert [row[0] for row in rows[1:]] == ["0", "1000", "1000", "2000"]
    assert [row[1] for row in rows[1:]] == ["1", "2", "3", ""]
    assert [row[3] for row in rows[1:]] == ["", "7", "", ""]


def test_that_only_the_visible_values_of_a_held_plot_are_copied(plot: CurvePlot) -> None:
    plot.hold_at(500, 1500)
    plot.copy_values()
    assert len(QGuiApplication.clipboard().text().splitlines()) == 3


def test_that_the_values_are_saved_as_a_table(plot: CurvePlot, tmp_path: Path, qtbot: QtBot) -> None:
    plot.open_menu(QPoint(0, 0))
    save_as(plot, "Save values (CSV)...", tmp_path / "return.csv", qtbot)
    with (tmp_path / "return.csv").open(encoding="utf-8") as file:
        header, *rows = csv.reader(file)
    assert header == ["environment steps", "training", "training (average)", "test"]
    assert [(row[0], row[1], row[3]) for row in rows] == [
        ("0", "1", ""),
        ("1000", "2", "7"),
        ("1000", "3", ""),
        ("2000", "", ""),
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_that_the_figure_has_words_and_lines_in_the_colors_of_the_theme(
    plot: CurvePlot, theme: Theme, tmp_path: Path, qtbot: QtBot, scheme: str
) -> None:
    palette = LIGHT if scheme == "light" else DARK
    theme.set_scheme(palette.name)
    hover(plot, 1000)
    plot.open_menu(QPoint(0, 0))
    save_as(plot, "Save figure (PNG)...", tmp_path / "return.png", qtbot)
    image = QImage(str(tmp_path / "return.png"))
    assert image.width() > 1300
    assert count(image, palette.surface) > 0.5 * image.width() * image.height()
    assert count(image, palette.ok) > 50 and count(image, palette.text) > 20
    assert plot.readout == ""


def test_that_a_saved_drawing_consists_of_lines_and_words(plot: CurvePlot, tmp_path: Path, qtbot: QtBot) -> None:
    plot.append("test", np.arange(2000, 9000, 100), np.random.default_rng(0).normal(0, 1, 70))
    before = canvas(plot).grab().toImage()
    plot.open_menu(QPoint(0, 0))
    save_as(plot, "Save figure (SVG)...", tmp_path / "return.svg", qtbot)
    text = (tmp_path / "return.svg").read_text(encoding="utf-8")
    assert "<image" not in text and "Return (per episode)" in text and "environment steps" in text
    assert canvas(plot).grab().toImage() == before


def test_that_a_low_plot_leaves_the_title_of_its_axis_to_the_figure(plot: CurvePlot) -> None:
    title = drawing(plot).getAxis("bottom").label
    assert title.isVisible()
    plot.resize(700, 115)
    QApplication.processEvents()
    assert not title.isVisible() and "environment steps" in plot.figure().svg().decode()
    plot.resize(700, 300)
    QApplication.processEvents()
    assert title.isVisible() and plot.figure().svg().decode().count("environment steps") == 1


def test_that_a_figure_names_the_runs_laid_over(theme: Theme, qtbot: QtBot) -> None:
    plot = CurvePlot(theme, [SeriesStyle("loss", Role.MODEL)], name="Loss")
    qtbot.addWidget(plot)
    plot.resize(500, 300)
    plot.show()
    plot.append("loss", [0, 1000], [1, 2])
    assert "walker-2" not in plot.figure().svg().decode()
    plot.add_line(SeriesStyle("walker-2", Role.NEUTRAL, run=0))
    plot.append("walker-2", [0, 1000], [2, 3])
    drawn = plot.figure().svg().decode()
    assert "walker-2" in drawn and ">loss<" in drawn and run_color(DARK, 0) in drawn


def test_that_a_file_that_cannot_be_written_is_a_message(plot: CurvePlot, tmp_path: Path) -> None:
    plot._write(tmp_path / "no" / "folder.csv", lambda: b"")
    (told,) = plot.findChildren(QMessageBox)
    assert "folder.csv cannot be written" in told.text()
    told.close()


def test_that_plots_of_scenes_have_the_same_menu(theme: Theme, qtbot: QtBot) -> None:
    plot = TimelinePlot(theme, name="Reward")
    qtbot.addWidget(plot)
    plot.resize(500, 200)
    plot.show()
    plot.set_series("received", np.arange(10), np.arange(10.0))
    plot.open_menu(QPoint(0, 0))
    choose(plot, "Logarithmic axis")
    assert plot.log and plot.visible_range()[2] > 0
    plot.copy_values()
    assert QGuiApplication.clipboard().text().splitlines()[1].split("\t") == ["0", "0", "", ""]


def test_that_a_table_has_a_row_for_each_position_of_any_line() -> None:
    lines = {"a": (np.array([0.0, 2.0]), np.array([1.0, 0.25])), "b": (np.array([1.0]), np.array([float("inf")]))}
    assert separated_text("step", lines) == "step,a,b\n0,1,\n1,,\n2,0.25,\n"
