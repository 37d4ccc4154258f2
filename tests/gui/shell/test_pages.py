"""The pages and what their buttons open."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QMenu

from dreamer_studio.config import read_config
from dreamer_studio.library.groups.grouping import RunGroup
from dreamer_studio.library.study_mark import KEPT_STUDY
from dreamer_studio.studies.writing import study_text
from dreamer_studio.studio.compare.workspace import CompareWorkspace
from dreamer_studio.studio.curves.workspace import CurvesWorkspace
from dreamer_studio.studio.new_run.page import NewRunPage
from dreamer_studio.studio.run_list.columns import Column
from dreamer_studio.studio.run_list.run_menu import STOP_STUDY, possibilities
from dreamer_studio.studio.runs.page import RunsPage
from dreamer_studio.studio.shell.flow import detached
from dreamer_studio.studio.theme import Theme
from dreamer_studio.viewing.new_run.new_study import new_study
from tests.support.flow import Front, made_request, open_front
from tests.support.listed_runs import write_run
from tests.support.studio import PATIENCE_MS
from tests.support.watching import answer_question

TASK = "gym:Pendulum-v1"
PROGRAM = """
import sys, time, pathlib
print(*sys.argv[1:], flush=True)
end = pathlib.Path(sys.argv[0]).with_name("end")
while not (end.exists() and end.read_text()):
    time.sleep(0.05)
print("no such luck")
sys.exit(int(end.read_text()))
"""
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


@pytest.fixture
def made_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Let a script take the place of ``study run``: it writes its words, and ends when the file "end" has its code."""
    script = tmp_path / "program.py"
    script.write_text(PROGRAM)
    made: list[subprocess.Popen[bytes]] = []

    def spawn(command: Sequence[str], output: int) -> subprocess.Popen[bytes]:
        made.append(subprocess.Popen([sys.executable, str(script), *command[3:]], stdout=output, stderr=output))
        return made[-1]

    monkeypatch.setattr(detached, "_spawn", spawn)
    yield tmp_path / "end"
    for process in made:
        process.kill()
        process.wait()


def test_that_a_study_is_shown_in_runs_and_says_how_it_can_be_stopped(
    front: Front, tmp_path: Path, made_program: Path
) -> None:
    study = new_study(tmp_path / "there", task=TASK, preset="tiny", seeds=(3, 4), settings={}, on_gpu=False)
    new = study.named("cart")
    write_run(tmp_path / "other", task="gym:CartPole-v1", step=900)  # first in the list
    front.trigger("file.new")
    new_run_page(front).studyWanted.emit(new)
    folder = tmp_path / "there" / "cart"
    (page,) = front.window.findChildren(RunsPage)
    assert page.isVisible() and not front.window.has_run
    assert front.settings.current.runs_folders == (str(folder),)
    front.bot.waitUntil(lambda: "study run" in (folder / "output" / "study.txt").read_text(), timeout=PATIENCE_MS)
    assert front.flow.without_window.farewell.endswith(f"dreamer-studio study stop {folder}")
    table = page.board.runs.table
    front.bot.waitUntil(lambda: table.current is not None and table.current.title == "other", timeout=PATIENCE_MS)
    (folder / KEPT_STUDY).write_text(study_text(new.study))
    write_run(tmp_path / "there" / "cart" / "cart-seed3", tests=(1.0,))
    front.bot.waitUntil(
        lambda: table.current is not None and table.current.title == "cart/cart-seed3", timeout=PATIENCE_MS
    )
    made_program.write_text("2")
    front.bot.waitUntil(lambda: len(front.banners) == 2, timeout=PATIENCE_MS)
    assert "also after this window is closed" in front.banners[0]
    assert front.banners[1] == "The study cart ended before all its runs were finished: no such luck"
    assert front.flow.without_window.farewell == ""
    run = table.current
    assert run is not None and STOP_STUDY in possibilities(run)
    write_run(tmp_path / "there" / "cart" / "cart-seed4", tests=(1.0,))
    front.bot.waitUntil(lambda: table.current_key == run.family, timeout=PATIENCE_MS)
    group = page.board.runs.model.row_at(table.currentIndex().row())
    assert isinstance(group, RunGroup)
    page.board.runs.show_menu(group, page.mapToGlobal(page.rect().center()))
    (menu,) = page.board.runs.findChildren(QMenu)
    (stop,) = menu.actions()
    assert stop.text() == "Stop the study cart"
    stop.trigger()
    menu.close()
    front.bot.waitUntil(lambda: "no run of the study is in training" in page.board.runs.said, timeout=PATIENCE_MS)
    assert (folder / "stop").exists()


def test_that_a_study_that_cannot_be_written_is_a_banner_and_trains_nothing(front: Front, tmp_path: Path) -> None:
    (tmp_path / "there").write_text("a file")
    study = new_study(tmp_path / "there", task=TASK, preset="tiny", seeds=(3, 4), settings={}, on_gpu=False)
    front.trigger("file.new")
    new_run_page(front).studyWanted.emit(study.named("cart"))
    assert len(front.banners) == 1 and "cart cannot be trained" in front.banners[0]
    assert new_run_page(front).isVisible() and not front.flow.without_window.farewell
