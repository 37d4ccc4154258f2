"""Each key of a widget in the table of actions does something in that widget."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QMainWindow, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from dreamer_studio.envs import EnvSpec
from dreamer_studio.replay.bookmarks import Bookmark
from dreamer_studio.studio.actions import ACTIONS, Scope
from dreamer_studio.studio.compare.list_panel import CompareListPanel
from dreamer_studio.studio.dream.branches_panel import BranchesPanel
from dreamer_studio.studio.dream.keys import DreamKeys
from dreamer_studio.studio.dream.steering_panel import SteeringPanel
from dreamer_studio.studio.replay.bookmarks_panel import BookmarksPanel
from dreamer_studio.studio.replay.image_cache import ImageCache
from dreamer_studio.studio.theme import Theme
from dreamer_studio.studio.trust.scatter import Scatter
from dreamer_studio.studio.widgets.formula.formula import Formula
from dreamer_studio.studio.widgets.frame_view import FrameView
from dreamer_studio.studio.widgets.future_grid import Cell, FutureGrid
from dreamer_studio.studio.widgets.key_values import KeyValueList
from dreamer_studio.studio.widgets.keys import qt_key
from dreamer_studio.studio.widgets.latent_rows import FrameLatents, LatentRows
from dreamer_studio.studio.widgets.player import Player
from dreamer_studio.studio.widgets.plots.series import SeriesStyle
from dreamer_studio.studio.widgets.plots.training.curve import CurvePlot
from dreamer_studio.trust.gauge import Points
from dreamer_studio.viewing.role import Role
from dreamer_studio.viewing.scene.branches import Branches
from tests.support.idle_session import SPEC
from tests.support.made_values import made_catalog, made_contestants
from tests.support.reading import activate
from tests.support.scenes import made_scene

ELSEWHERE: Final = {
    Scope.WINDOW: "shell/test_keyboard",
    Scope.CARD: "widgets/test_stage",
    Scope.FIELD: "widgets/test_fields",
    Scope.NEW_RUN: "new_run/test_page",
    Scope.PALETTE: "shell/palette/test_palette",
    Scope.REPLAY: "replay/test_workspace",
    Scope.RUNS: "start/test_page",
}
"""Scopes whose keys other tests press."""


@dataclass
class Case:
    """A widget that takes keys.

    Attributes:
        widget: the widget.
        look: returns what a key may change.
        prepare: brings the widget into a state in which the action with this id has something to change.
    """

    widget: QWidget
    look: Callable[[], object]
    prepare: Callable[[str], object] = lambda id_: None


def press_all(widget: QWidget, *keys: Qt.Key) -> None:
    for key in keys:
        QTest.keyClick(widget, key)


def driven(theme: Theme, spec: EnvSpec) -> tuple[FrameView, SteeringPanel, Player]:
    """Return an image with a player of 40 columns and the controls of a task."""
    image, player, steering = FrameView(theme, "Dreamed frame"), Player(theme), SteeringPanel(theme)
    latents, strip = QWidget(image), QWidget(image)
    DreamKeys(image, strip, latents, steering, player)
    steering.set_spec(spec)
    player.set_columns(40)
    for part in (player, steering):
        part.setParent(image)
    return image, steering, player


def player_case(theme: Theme) -> Case:
    image, _, player = driven(theme, SPEC)
    return Case(image, lambda: (player.column, player.playing), lambda _: player.go_to(20))


def steering_case(theme: Theme, spec: EnvSpec) -> Case:
    image, panel, _ = driven(theme, spec)
    assert panel.steering is not None
    steering = panel.steering

    def prepare(_: str) -> None:
        steering.latched = False
        panel.set_engaged(False)
        panel.set_engaged(True)

    def look() -> object:
        return panel.engaged, steering.latched, [steering.holds(row) for row in range(spec.action_size)]

    return Case(image, look, prepare)


def futures_case(theme: Theme) -> Case:
    grid, taken = FutureGrid(theme, "empty"), list[int]()
    grid.resize(240, 400)
    grid.taken.connect(taken.append)
    grid.set_cells([Cell(f"future {place}", "0", None) for place in range(9)])

    def prepare(_: str) -> None:
        taken.clear()
        press_all(grid, *[Qt.Key.Key_Left] * 9, Qt.Key.Key_Right, Qt.Key.Key_Down)

    return Case(grid, lambda: (grid.spoken(), tuple(taken)), prepare)


def latents_case(theme: Theme) -> Case:
    rows, said = LatentRows(theme, "empty"), list[object]()
    for signal in (rows.moved, rows.restored):
        signal.connect(lambda *values: said.append(values))
    numbers = np.linspace(0.5, 1.5, 5)
    rows.show_state(FrameLatents(0 * numbers, numbers, None, None, None, numbers, numbers))

    def prepare(_: str) -> None:
        press_all(rows, *[Qt.Key.Key_Up] * 5, Qt.Key.Key_Down)

    return Case(rows, lambda: (rows.current, len(said)), prepare)


def branches_case(theme: Theme) -> Case:
    panel, branches, said = BranchesPanel(theme), Branches(), list[object]()
    branches.plant(made_scene())
    branches.fork(2)
    panel.show_branches(branches)
    for signal in (panel.showWanted, panel.removeWanted):
        signal.connect(said.append)
    return editing_case(panel, panel.tree, said)


def bookmarks_case(theme: Theme) -> Case:
    panel, said = BookmarksPanel(theme, ImageCache()), list[object]()
    panel.removed.connect(said.append)
    panel.set_catalog(made_catalog(2, 3))
    panel.set_bookmarks((Bookmark(2, 5), Bookmark(3, 7)))
    panel.refresh()
    panel.table.selectRow(0)
    panel.show()
    return editing_case(panel, panel.table, said)


def editing_case(panel: QWidget, table: QWidget, said: list[object]) -> Case:
    """Return a case of a list whose rows can be edited."""

    def editor() -> QLineEdit | None:
        return next((each for each in table.findChildren(QLineEdit) if each.isVisible()), None)

    def prepare(_: str) -> None:
        open_editor = editor()
        if open_editor is not None:
            QTest.keyClick(open_editor, Qt.Key.Key_Escape)

    return Case(table, lambda: (len(said), editor() is not None), prepare)


def checkpoints_case(theme: Theme) -> Case:
    panel, said = CompareListPanel(theme), list[object]()
    panel.runDropped.connect(said.append)
    listed = made_contestants(1, Path("own")) + made_contestants(1, Path("other"))
    panel.show_checkpoints(listed, Path("own"), watching=False)
    panel.list.setCurrentRow(1)
    return Case(panel.list, lambda: len(said))


def plot_case(theme: Theme) -> Case:
    plot = CurvePlot(theme, [SeriesStyle("loss", Role.MODEL)], name="Loss")
    plot.append("loss", np.arange(1001), np.where(np.arange(1001) < 500, 9.0, 1.0))

    def prepare(id_: str) -> None:
        plot.follow()
        if id_ != "plot.hold":
            plot.hold_at(600, 900)
        plot.point_at(750)
        QGuiApplication.clipboard().clear()

    return Case(
        plot, lambda: (plot.visible_range(), plot.following, plot.readout, QGuiApplication.clipboard().text()), prepare
    )


def image_case(theme: Theme) -> Case:
    view = FrameView(theme, "Frame")
    view.set_frame(np.zeros((64, 64, 3), np.uint8))

    def copied() -> QImage:
        return QGuiApplication.clipboard().image()

    return Case(view, lambda: copied().isNull(), lambda _: QGuiApplication.clipboard().clear())


def facts_case(theme: Theme) -> Case:
    facts = KeyValueList(("Task", "Preset", "Phase"))

    def prepare(_: str) -> None:
        facts.setFocus()
        press_all(facts, Qt.Key.Key_Down, Qt.Key.Key_Down)

    return Case(facts, QApplication.focusWidget, prepare)


def formula_case(theme: Theme) -> Case:
    formula, opened = Formula(theme, "Eq. 6", "V_λ(s_τ)"), list[object]()
    formula.opened.connect(lambda: opened.append(None))

    def prepare(_: str) -> None:
        press_all(formula, *[Qt.Key.Key_Left] * 3, Qt.Key.Key_Right)

    return Case(formula, lambda: (formula.spoken(), len(opened)), prepare)


def points_case(theme: Theme) -> Case:
    scatter, opened = Scatter(theme, name="Rewards", empty_text="empty"), list[object]()
    scatter.picked.connect(lambda *values: opened.append(values))
    numbers = np.arange(4.0)
    scatter.show_points(Points(numbers, numbers**2, np.zeros(4, np.int64), np.arange(4)))

    def prepare(_: str) -> None:
        press_all(scatter, *[Qt.Key.Key_Up] * 4, Qt.Key.Key_Down)

    return Case(scatter, lambda: (scatter.spoken(), len(opened)), prepare)


def seven_dimensions(theme: Theme) -> Case:
    return steering_case(theme, replace(SPEC, action_size=7, action_names=tuple("abcdefg")))


MADE: Final[dict[Scope, Callable[[Theme], Case]]] = {
    Scope.PLAYER: player_case,
    Scope.STEERING: seven_dimensions,
    Scope.FUTURES: futures_case,
    Scope.LATENTS: latents_case,
    Scope.BRANCHES: branches_case,
    Scope.BOOKMARKS: bookmarks_case,
    Scope.CHECKPOINTS: checkpoints_case,
    Scope.PLOT: plot_case,
    Scope.IMAGE: image_case,
    Scope.FACTS: facts_case,
    Scope.FORMULA: formula_case,
    Scope.POINTS: points_case,
}


def test_that_no_scope_of_keys_is_forgotten() -> None:
    assert set(MADE) | set(ELSEWHERE) == set(Scope)


@pytest.mark.parametrize("scope", MADE)
def test_that_each_key_of_a_widget_does_something(theme: Theme, qtbot: QtBot, scope: Scope) -> None:
    specs = [spec for spec in ACTIONS if spec.scope is scope and spec.id != "steer.choice"]
    check(MADE[scope](theme), [(spec.id, key) for spec in specs for key in spec.keys], qtbot)


def test_that_each_digit_chooses_a_discrete_action(theme: Theme, qtbot: QtBot) -> None:
    ten = replace(SPEC, action_kind="discrete", action_size=10, action_names=tuple("abcdefghij"))
    check(steering_case(theme, ten), [("steer.choice", key) for key in "1234567890"], qtbot)


def check(case: Case, keys: list[tuple[str, str]], bot: QtBot) -> None:
    """Press each key in an active window, and check whether anything has changed."""
    window, page = QMainWindow(), QWidget()
    bot.addWidget(window)
    layout = QVBoxLayout(page)
    layout.addWidget(top_of(case.widget))
    window.setCentralWidget(page)
    window.resize(700, 500)
    window.show()
    activate(bot, window)
    for id_, key in keys:
        case.widget.setFocus()
        case.prepare(id_)
        target = QApplication.focusWidget() or case.widget
        before = case.look()
        modifier = Qt.KeyboardModifier.ControlModifier if key.startswith("Ctrl+") else Qt.KeyboardModifier.NoModifier
        QTest.keyPress(target, qt_key(key), modifier)
        assert case.look() != before, (id_, key)
        QTest.keyRelease(target, qt_key(key), modifier)


def top_of(widget: QWidget) -> QWidget:
    """Return the widget or the panel around it."""
    parent = widget.parentWidget()
    return widget if parent is None else top_of(parent)
