"""The Curves workspace: its controls, the runs laid over, and what the window keeps of both."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QCheckBox, QMenu, QToolButton
from pytestqt.qtbot import QtBot

from dreamer_studio.config import write_config
from dreamer_studio.library.entry import RunEntry
from dreamer_studio.library.labels import Label, write_label
from dreamer_studio.session import State, Status
from dreamer_studio.studio.compare.workspace import CompareWorkspace
from dreamer_studio.studio.curve_cards.curves import RETURN
from dreamer_studio.studio.curve_cards.deck import CurveDeck
from dreamer_studio.studio.curve_cards.horizontal import Unit
from dreamer_studio.studio.curve_cards.source import CurveSource
from dreamer_studio.studio.curve_cards.window import CurveWindow
from dreamer_studio.studio.curves.workspace import CurvesWorkspace
from dreamer_studio.studio.live.workspace import LiveWorkspace
from dreamer_studio.studio.theme import Theme
from dreamer_studio.viewing.curves.messages import CurvesChannels
from tests.support.curve_logs import MadeLog, answer, config_of, drawn, make_source, plot_of
from tests.support.fields import turn_wheel
from tests.support.made_run import open_made_studio

STATUS = Status(State.RUNNING, "collecting", config_of(), Path("/runs/own"), "cpu")


@pytest.fixture
def log() -> MadeLog:
    made = MadeLog()
    for step in range(0, 2000, 10):
        made.add("update", step, kl=float(step % 70), image_loss=5.0)
    return made


@pytest.fixture
def channels() -> CurvesChannels:
    return CurvesChannels()


@pytest.fixture
def source(log: MadeLog, channels: CurvesChannels) -> CurveSource:
    return make_source(log, channels, shown=(RETURN, "KL"))


@pytest.fixture
def workspace(theme: Theme, source: CurveSource, channels: CurvesChannels, qtbot: QtBot) -> CurvesWorkspace:
    made = CurvesWorkspace(theme, source, channels)
    qtbot.addWidget(made)
    made.resize(1000, 600)
    made.show()
    return made


def refresh(workspace: CurvesWorkspace, times: int = 6) -> None:
    for _ in range(times):
        workspace.refresh(STATUS)


def menu_of(button: object) -> QMenu:
    menu = button.menu()  # type: ignore[attr-defined]
    assert isinstance(menu, QMenu)
    menu.aboutToShow.emit()
    return menu


def pick(menu: QMenu, text: str) -> None:
    next(action for action in menu.actions() if action.text() == text).trigger()


def test_that_the_bar_changes_all_curves(workspace: CurvesWorkspace, source: CurveSource) -> None:
    refresh(workspace)
    workspace.bar.unit.setCurrentText("updates")
    workspace.bar.smoothing.setValue(0)
    refresh(workspace)
    assert drawn(workspace.deck, "KL", "KL")[-1][0] == 199
    assert plot_of(workspace.deck, "KL").toolTip() == ""
    workspace.bar.log.click()
    assert all(card.plot.log for card in workspace.deck.cards)
    source.choices.set_log(("KL",), False)
    assert workspace.bar.log.checkState() is Qt.CheckState.PartiallyChecked
    workspace.bar.log.click()
    assert all(card.plot.log for card in workspace.deck.cards)
    workspace.bar.log.click()
    assert not any(card.plot.log for card in workspace.deck.cards)


def test_that_outliers_are_hidden_until_the_user_wants_them(workspace: CurvesWorkspace, log: MadeLog) -> None:
    log.add("update", 2000, kl=1e6)
    for step in range(2010, 3000, 10):
        log.add("update", step, kl=3.0)
    workspace.bar.smoothing.setValue(0)
    refresh(workspace)
    assert plot_of(workspace.deck, "KL").visible_range()[3] < 1000
    workspace.bar.robust.click()
    assert plot_of(workspace.deck, "KL").visible_range()[3] > 1e6


def test_that_follow_hold_and_fit_work_on_all_plots(workspace: CurvesWorkspace) -> None:
    refresh(workspace)
    workspace.bar.hold.click()
    assert not any(card.plot.following for card in workspace.deck.cards)
    workspace.bar.follow.click()
    assert all(card.plot.following for card in workspace.deck.cards)
    plot_of(workspace.deck, "KL").zoom(0.1)
    workspace.bar.fit.click()
    assert not any(card.plot.following for card in workspace.deck.cards)


def test_that_curves_are_added_and_removed_in_a_menu(workspace: CurvesWorkspace, qtbot: QtBot) -> None:
    pick(menu_of(workspace.bar.add), "Entropy")
    assert [card.curve.title for card in workspace.deck.cards] == ["Return", "KL", "Entropy"]
    with qtbot.waitSignal(workspace.undoable) as removed:
        pick(menu_of(workspace.bar.add), "Return")
    assert [card.curve.title for card in workspace.deck.cards] == ["KL", "Entropy"]
    assert removed.args is not None
    removed.args[1]()
    assert [card.curve.title for card in workspace.deck.cards] == ["Return", "KL", "Entropy"]


def test_that_the_wheel_changes_no_control_without_the_focus(workspace: CurvesWorkspace, source: CurveSource) -> None:
    before = source.choices.settings
    for control in (workspace.bar.unit, workspace.bar.smoothing):
        turn_wheel(control)
    assert source.choices.settings == before


def test_that_a_run_is_chosen_from_a_list_with_those_of_the_same_task_first(
    workspace: CurvesWorkspace, source: CurveSource, channels: CurvesChannels
) -> None:
    menu = menu_of(workspace.runs.add)
    assert [action.text() for action in menu.actions() if action.text()] == ["Looking for runs...", "Other folder..."]
    taken = channels.runs.take()
    assert taken is not None
    entries = tuple(
        RunEntry(Path(f"/runs/{name}"), name, task=task, preset="tiny", step=1000)
        for name, task in (("walker", "dmc:walker-walk"), ("mine", STATUS.config.task), ("no-run", ""))
    )
    channels.runs.answer(taken[0], entries)
    refresh(workspace, 1)
    texts = [action.text() for action in menu_of(workspace.runs.add).actions() if action.text()]
    assert texts == [
        f"Runs of {STATUS.config.task}",
        "mine (tiny, step 1,000, empty)",
        "Runs of other tasks",
        "walker (tiny, step 1,000, empty)",
        "Other folder...",
    ]
    pick(menu_of(workspace.runs.add), texts[1])
    assert [(other.folder, other.name) for other in source.others] == [(Path("/runs/mine"), "mine")]
    assert texts[1] not in [action.text() for action in menu_of(workspace.runs.add).actions()]


def test_that_the_legend_switches_and_removes_the_runs_laid_over(
    workspace: CurvesWorkspace, source: CurveSource, theme: Theme
) -> None:
    for name in ("one", "two"):
        source.add_run(Path(f"/runs/{name}"))
    QApplication.processEvents()
    switches = [box for box in workspace.runs.findChildren(QCheckBox) if box.isVisible()]
    assert [box.text() for box in switches] == ["one", "two"]
    switches[0].click()
    assert [other.on for other in source.others] == [False, True]
    theme.set_scheme("light")
    cross = next(b for b in workspace.runs.findChildren(QToolButton) if b.accessibleName() == "Remove one")
    cross.click()
    assert [other.name for other in source.others] == ["two"]


def test_that_a_group_of_seeds_is_one_entry_of_the_legend(
    workspace: CurvesWorkspace, source: CurveSource, channels: CurvesChannels, qtbot: QtBot
) -> None:
    def entries() -> set[str]:
        QApplication.processEvents()
        return {box.text() for box in workspace.runs.findChildren(QCheckBox) if box.isVisible()}

    folders = [Path(f"/runs/{name}") for name in ("walker-1", "walker-2", "hopper")]
    for folder in folders:
        source.add_run(folder)
    refresh(workspace, 1)
    assert not workspace.runs.group.isVisible()
    answer(channels, {folder: MadeLog() for folder in folders}, families=("a", "a", "b"))
    source.switch_run(False, folders[1])
    source.refresh()
    workspace.runs.group.click()
    assert entries() == {"walker, median of 2", "hopper", "Group seeds"}
    assert all(other.on for other in source.others)
    switch = next(box for box in workspace.runs.findChildren(QCheckBox) if box.text() == "walker, median of 2")
    switch.click()
    assert [other.on for other in source.others] == [False, False, True]
    crosses = {button.accessibleName(): button for button in workspace.runs.findChildren(QToolButton)}
    cross = crosses["Remove walker, median of 2"]
    with qtbot.waitSignal(source.undoable) as removed:
        cross.click()
    assert [other.name for other in source.others] == ["hopper"] and removed.args is not None
    removed.args[1]()
    assert {other.name for other in source.others} == {"walker-1", "walker-2", "hopper"}


def test_that_the_window_keeps_the_choices_and_live_shows_the_first_four(
    theme: Theme, qtbot: QtBot, tmp_path: Path
) -> None:
    studio = open_made_studio(theme, qtbot, tmp_path / "run")
    try:
        QTest.keyClick(studio.window, Qt.Key.Key_5, Qt.KeyboardModifier.ControlModifier)
        curves = studio.window.run.tabs.current
        assert isinstance(curves, CurvesWorkspace)
        qtbot.waitUntil(lambda: len(drawn(curves.deck, "Return", "training")) > 0)
        studio.window.run.curves.choices.change(shown=("KL", "Return", "Entropy", "Speed", "Image loss"))
        curves.bar.unit.setCurrentText("hours")
        live = studio.window.run.tabs.of(LiveWorkspace)
        deck = live.findChild(CurveDeck)
        assert isinstance(deck, CurveDeck)
        assert [card.curve.title for card in deck.cards] == ["KL", "Return", "Entropy", "Speed"]
    finally:
        studio.leave()
    kept = json.loads((tmp_path / "settings.json").read_text())
    assert kept["curves"][0] == "KL" and kept["curves_unit"] == "hours"
    again = open_made_studio(theme, qtbot, tmp_path / "run")
    settings = again.window.run.curves.choices.settings
    again.leave()
    assert (settings.shown[0], len(settings.shown), settings.unit) == ("KL", 5, Unit.HOURS)


def test_that_runs_laid_over_come_back_with_their_run_and_missing_ones_are_said(
    theme: Theme, qtbot: QtBot, tmp_path: Path
) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        write_config(config_of(), tmp_path / name / "config.json")
    write_label(tmp_path / "two", Label("second"))
    studio = open_made_studio(theme, qtbot, tmp_path / "run")
    try:
        for name in ("one", "two"):
            studio.window.run.curves.add_run(tmp_path / name)
        studio.window.run.curves.switch_run(False, tmp_path / "two")
    finally:
        studio.leave()
    shutil.rmtree(tmp_path / "one")
    again = open_made_studio(theme, qtbot, tmp_path / "run")
    try:
        curves = again.window.run.curves
        told: list[str] = []
        curves.problemFound.connect(told.append)
        assert [(other.name, other.on) for other in curves.others] == [("one", True), ("second", False)]
        qtbot.waitUntil(lambda: [other.name for other in curves.others] == ["second"], timeout=20_000)
        assert told == [f"one is no longer laid over the curves: there is no folder {tmp_path / 'one'}."]
    finally:
        again.leave()
    kept = json.loads((tmp_path / "settings.json").read_text())["curves_runs"]
    assert kept == {str((tmp_path / "run").resolve()): {str((tmp_path / "two").resolve()): False}}


def test_that_a_curve_in_a_window_of_its_own_ends_with_its_run(theme: Theme, qtbot: QtBot, tmp_path: Path) -> None:
    studio = open_made_studio(theme, qtbot, tmp_path / "run")
    QTest.keyClick(studio.window, Qt.Key.Key_5, Qt.KeyboardModifier.ControlModifier)
    curves = studio.window.run.tabs.of(CurvesWorkspace)
    qtbot.waitUntil(lambda: curves.deck.open_window("KL") is not None)
    (window,) = [each for each in QApplication.topLevelWidgets() if isinstance(each, CurveWindow)]
    visible: list[bool] = []
    studio.window.run.ended.connect(lambda: visible.append(window.isVisible()))
    studio.window.close_run()
    qtbot.waitUntil(lambda: not studio.window.has_run, timeout=20_000)
    assert visible == [False]  # else it would keep the program from quitting
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert not [each for each in QApplication.topLevelWidgets() if isinstance(each, CurveWindow)]
    studio.leave()


def test_that_a_wanted_checkpoint_is_ticked_in_compare(theme: Theme, qtbot: QtBot, tmp_path: Path) -> None:
    studio = open_made_studio(theme, qtbot, tmp_path / "run")
    try:
        for name in ("000001-step-100-update-1", "000002-step-200-update-2"):
            (tmp_path / "run" / "checkpoints" / name).mkdir(parents=True)
        wanted = tmp_path / "run" / "checkpoints" / "000001-step-100-update-1"
        studio.window.run.curves.checkpointWanted.emit(wanted)
        compare = studio.window.run.tabs.current
        assert isinstance(compare, CompareWorkspace)
        qtbot.waitUntil(lambda: wanted in {one.path for one in compare.list.ticked}, timeout=20_000)
        assert len(compare.list.ticked) == 2
    finally:
        studio.leave()


def test_that_a_run_with_an_ampersand_keeps_its_name(workspace: CurvesWorkspace, source: CurveSource) -> None:
    workspace.runs.show_runs((RunEntry(Path("/runs/a"), "this & that", "dmc:walker-walk", "tiny"),))
    assert any(each.text().startswith("this && that") for each in menu_of(workspace.runs.add).actions())
    source.add_run(Path("/runs/a"), "this & that")
    assert [each.text() for each in workspace.runs.findChildren(QCheckBox) if each.isVisible()] == ["this && that"]
