"""The pages and what their buttons open."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt

from dreamer_studio.config import read_config
from dreamer_studio.session import State
from dreamer_studio.studio.compare.workspace import CompareWorkspace
from dreamer_studio.studio.curves.workspace import CurvesWorkspace
from dreamer_studio.studio.new_run.page import NewRunPage
from dreamer_studio.studio.run_list.columns import Column
from dreamer_studio.studio.shell.flow.without_window import WithoutWindow
from dreamer_studio.studio.theme import Theme
from dreamer_studio.viewing.new_run.new_run import NewRun
from tests.support.flow import Front, made_request, open_front
from tests.support.studio import PATIENCE_MS
from tests.support.watching import answer_question

CONTROL = Qt.KeyboardModifier.ControlModifier


def new_run_page(front: Front) -> NewRunPage:
    (page,) = front.window.findChildren(NewRunPage)
    return page


def test_that_ctrl_n_shows_new_run_and_esc_goes_back_to_the_start_page(front: Front) -> None:
    front.bot.keyClick(front.window, Qt.Key.Key_N, CONTROL)
    page = new_run_page(front)
    assert page.isVisible() and not front.home.isVisible()
    page.canceled.emit()
    assert front.home.isVisible() and not page.isVisible()


def test_that_new_run_asks_what_becomes_of_a_training_first(front: Front, tmp_path: Path) -> None:
    front.open_made(tmp_path / "walker")
    asked = answer_question("Save and stop")
    front.trigger("file.new")
    front.bot.waitUntil(lambda: bool(front.window.findChildren(NewRunPage)), timeout=PATIENCE_MS)
    assert asked == ["Open a new run while walker trains?"]
    assert new_run_page(front).isVisible()


def test_that_a_new_run_takes_task_and_settings_of_another_run(front: Front, tmp_path: Path) -> None:
    made_request(tmp_path / "walker")
    front.home.runs.settingsWanted.emit(tmp_path / "walker")
    chosen = new_run_page(front).choice
    config = read_config(tmp_path / "walker" / "config.json")
    assert (chosen.task, chosen.preset) == (config.task, config.preset)


def test_that_the_order_of_the_list_is_kept_for_the_next_window(front: Front, theme: Theme, tmp_path: Path) -> None:
    header = front.pages.start.runs.table.horizontalHeader()
    at = QPoint(header.sectionViewportPosition(Column.STEPS) + 10, 8)
    front.bot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=at)
    again = open_front(theme, front.bot, tmp_path)
    column = again.pages.start.runs.model.column
    again.leave()
    assert column is Column.STEPS


def test_that_the_page_opens_its_runs_to_train_or_to_watch(
    front: Front, opened_runs: list[tuple[Path, bool]], tmp_path: Path
) -> None:
    made_request(tmp_path / "walker")
    front.home.runs.openWanted.emit(tmp_path / "walker", True)
    front.wait_until_open(tmp_path / "walker")
    assert opened_runs == [(tmp_path / "walker", True)]


def test_that_compare_opens_the_first_run_without_training_and_adds_the_others(
    front: Front, opened_runs: list[tuple[Path, bool]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    added: list[str] = []
    monkeypatch.setattr(CompareWorkspace, "add_run", lambda _, folder: added.append(folder))
    for name in ("one", "two", "three"):
        made_request(tmp_path / name)
    front.home.runs.compareWanted.emit(tuple(tmp_path / name for name in ("one", "two", "three")))
    front.wait_until_open(tmp_path / "one")
    assert opened_runs == [(tmp_path / "one", True)]
    assert front.window.run.tabs.of(CompareWorkspace).isVisible()
    assert added == [str(tmp_path / "two"), str(tmp_path / "three")]


def test_that_overlay_opens_the_first_run_without_training_and_lays_the_curves_of_the_others_over_it(
    front: Front, opened_runs: list[tuple[Path, bool]], tmp_path: Path
) -> None:
    folders = tuple(tmp_path / name for name in ("one", "two", "three"))
    for folder in folders:
        made_request(folder)
    front.home.runs.overlayWanted.emit(folders)
    front.wait_until_open(folders[0])
    assert opened_runs == [(folders[0], True)]
    assert front.window.run.tabs.of(CurvesWorkspace).isVisible()
    assert [other.folder for other in front.window.run.curves.others] == list(folders[1:])


def test_that_a_new_run_of_several_seeds_opens_the_first_and_trains_the_others_without_a_window(
    front: Front, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trained: list[tuple[Path, Sequence[str]]] = []
    monkeypatch.setattr(WithoutWindow, "train_new", lambda _, *what: trained.append(what))
    front.trigger("file.new")
    new = NewRun("gym:Pendulum-v1", "tiny", {}, tmp_path / "cart", seeds=(3, 4), paused=True, train_others=True)
    new_run_page(front).startWanted.emit(new)
    front.wait_until_open(tmp_path / "cart-seed3")
    front.wait_for_state(State.PAUSED)
    ((folder, words),) = trained
    assert folder == tmp_path / "cart-seed4"
    assert words[:2] == ["--task", "gym:Pendulum-v1"] and "seed=4" in words


def test_that_a_new_run_that_cannot_be_made_is_a_banner_and_trains_nothing(
    front: Front, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trained: list[object] = []
    monkeypatch.setattr(WithoutWindow, "train_new", lambda _, *what: trained.append(what))
    (tmp_path / "cart-seed3").mkdir()
    (tmp_path / "cart-seed3" / "thesis.txt").touch()
    front.trigger("file.new")
    new_run_page(front).startWanted.emit(
        NewRun("gym:Pendulum-v1", "tiny", {}, tmp_path / "cart", seeds=(3, 4), train_others=True)
    )
    assert len(front.banners) == 1 and "cart-seed3" in front.banners[0]
    assert not front.window.has_run and not trained
