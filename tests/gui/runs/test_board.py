"""The board of the Runs workspace on made run folders: groups, averages, comparison, keys; and how to get there."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from dreamer_studio.config import write_config
from dreamer_studio.library.groups.test_log import Unit
from dreamer_studio.runs.folder import RunFolder
from dreamer_studio.studio.preferences.dialog import PreferencesDialog
from dreamer_studio.studio.run_list.columns import Column
from dreamer_studio.studio.runs.board import RunsBoard
from dreamer_studio.studio.runs.page import RunsPage
from dreamer_studio.studio.runs.workspace import RunsWorkspace
from dreamer_studio.studio.theme import Theme
from tests.support import listed_runs
from tests.support.flow import Front
from tests.support.listed_runs import write_run
from tests.support.studio import PATIENCE_MS

CONTROL = Qt.KeyboardModifier.ControlModifier


def write_group(root: Path, name: str, horizon: int, *tests: tuple[float, ...]) -> None:
    for seed, each in enumerate(tests):
        path = write_run(root / f"{name}-seed{seed}", tests=each)
        config = dataclasses.replace(RunFolder(path).read(), seed=seed, horizon=horizon)
        write_config(config, RunFolder(path).config_file)


class Board:
    """A board, and the keys that a user presses in its list."""

    def __init__(self, theme: Theme, bot: QtBot, root: Path) -> None:
        self.bot, self.root = bot, root
        self.board = RunsBoard(theme)
        bot.addWidget(self.board)
        self.board.set_folders([root])
        self.board.resize(1500, 800)
        self.board.show()
        self.opened: list[tuple[Path, bool]] = []
        self.board.runs.openWanted.connect(lambda path, watch: self.opened.append((path, watch)))
        self.board.runs.sort_by("name")
        bot.waitUntil(lambda: len(self.names) == 3, timeout=PATIENCE_MS)

    @property
    def names(self) -> list[str]:
        model = self.board.runs.model
        return [model.index(row, Column.NAME).data() for row in range(model.rowCount())]

    @property
    def shown(self) -> list[str]:
        return [group.name for group in self.board.averages.plot.groups]

    def press(self, *keys: Qt.Key) -> None:
        for key in keys:
            self.bot.keyClick(self.board.runs.table, key)

    def go_to(self, name: str) -> None:
        self.board.runs.table.selectRow(self.names.index(name))

    def wait_for(self, *shown: str) -> None:
        self.bot.waitUntil(lambda: self.shown == list(shown), timeout=PATIENCE_MS)


@pytest.fixture
def made(theme: Theme, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Board]:
    monkeypatch.setattr(listed_runs, "BEGUN", time.time() - 1000)
    write_group(tmp_path, "long", 20, (10.0, 30.0), (20.0, 40.0), (30.0, 50.0))
    write_group(tmp_path, "short", 5, (1.0, 2.0, 3.0), (2.0, 45.0, 4.0), ())
    write_run(tmp_path / "alone", task="gym:CartPole-v1", tests=(5.0,))
    board = Board(theme, qtbot, tmp_path)
    yield board
    board.board.stop()
    board.board.close()


def test_that_ticked_groups_are_averaged_and_compared(made: Board) -> None:
    assert made.names == ["alone", "long", "short"]
    made.wait_for("alone, n = 1")  # the first row is selected
    assert made.board.averages.subtitle == "test return of alone, n = 1"
    assert "the spread between seeds is unknown" in made.board.averages.caption
    made.go_to("long")
    made.press(Qt.Key.Key_Space, Qt.Key.Key_Down, Qt.Key.Key_Space)
    made.wait_for("long, n = 3", "short, n = 2 of 3")
    long = made.board.averages.plot.groups[0]
    assert long.average is not None
    assert (list(long.x), list(long.average.value)) == ([100, 200], [20.0, 40.0])
    assert made.board.comparison.caption.startswith(
        "At 200 environment steps: a run of long beats one of short with probability 0.67"
    )
    table = made.board.averages.plot.values_text(",")
    assert table.splitlines()[0].startswith('environment steps,"long, n = 3"')
    assert "(low end of 95%)" in table
    assert made.board.averages.plot.figure().svg()
    made.board.averages.unit.setCurrentIndex(list(Unit).index(Unit.UPDATES))
    made.bot.waitUntil(lambda: list(made.board.averages.plot.groups[0].x) == [10, 20], timeout=PATIENCE_MS)


def test_that_groups_of_different_tasks_are_not_compared(made: Board) -> None:
    made.go_to("alone")
    made.press(Qt.Key.Key_Space, Qt.Key.Key_Down, Qt.Key.Key_Space)
    made.wait_for("alone, n = 1", "long, n = 3")
    assert not made.board.comparison.plot.groups
    assert "different tasks" in made.board.comparison.plot.spoken()


def test_that_keys_fold_tick_single_seeds_and_open_a_run(made: Board) -> None:
    made.go_to("long")
    made.press(Qt.Key.Key_Right)
    assert made.names == ["alone", "long", "long-seed0", "long-seed1", "long-seed2", "short"]
    made.press(Qt.Key.Key_Space, Qt.Key.Key_Down, Qt.Key.Key_Space)
    made.wait_for("long, n = 2")
    model = made.board.runs.model
    state = model.index(1, Column.TICK).data(Qt.ItemDataRole.CheckStateRole)
    assert state is Qt.CheckState.PartiallyChecked
    made.press(Qt.Key.Key_Return)
    assert made.opened == [(made.root / "long-seed0", False)]
    made.press(Qt.Key.Key_Left)
    assert made.names == ["alone", "long", "short"]
    assert made.board.runs.table.current_key == model.row_at(1).family  # type: ignore[union-attr]
    assert made.shown == ["long, n = 2"]
    made.board.runs.group.click()
    assert len(made.names) == 7


def test_that_the_group_beside_a_run_is_selected_when_the_run_goes_to_the_trash(made: Board) -> None:
    made.board.runs.sort_by("name down")
    made.go_to("alone")
    made.press(Qt.Key.Key_Delete)
    made.bot.waitUntil(lambda: made.names == ["short", "long"], timeout=PATIENCE_MS)
    made.wait_for("long, n = 3")


def test_that_a_group_row_sums_up_its_runs(made: Board) -> None:
    model = made.board.runs.model
    texts = {column: model.index(2, column).data() for column in Column}
    assert (texts[Column.TEST], texts[Column.BEST], texts[Column.STATE]) == ("3.50", "45.0", "2 stopped, 1 empty")
    spoken = model.index(2, Column.NAME).data(Qt.ItemDataRole.AccessibleTextRole)
    assert "2 of 3 tested" in spoken and "folded" in spoken


def test_that_a_board_without_runs_says_where_a_new_run_begins(theme: Theme, qtbot: QtBot, tmp_path: Path) -> None:
    board = RunsBoard(theme)
    qtbot.addWidget(board)
    board.runs.show_runs((), (tmp_path,), can_undo=False)
    assert board.runs.empty_text == f"No runs in {tmp_path}.\nTo begin one, choose New run... in the File menu."


def test_that_the_first_row_is_selected_even_if_the_list_has_the_focus(
    theme: Theme, qtbot: QtBot, tmp_path: Path
) -> None:
    write_run(tmp_path / "one")
    board = RunsBoard(theme)
    qtbot.addWidget(board)
    board.set_folders([tmp_path])
    table = board.runs.table
    # Qt then takes a current row, which it does not select.
    board.runs.model.modelReset.connect(lambda: QApplication.sendEvent(table, QFocusEvent(QEvent.Type.FocusIn)))
    board.show()
    qtbot.waitUntil(lambda: bool(board.runs.model.rowCount()), timeout=PATIENCE_MS)
    selected = table.selectionModel().isRowSelected(0)
    board.stop()
    board.close()
    assert selected


def test_that_ctrl_6_shows_all_runs_without_an_open_run_and_with_one(front: Front, tmp_path: Path) -> None:
    front.bot.keyClick(front.window, Qt.Key.Key_6, CONTROL)
    (page,) = front.window.findChildren(RunsPage)
    assert page.isVisible() and not front.home.isVisible()
    focus = QApplication.focusWidget()
    front.bot.keyClick(page.board.runs.table if focus is None else focus, Qt.Key.Key_Escape)
    assert front.home.isVisible() and not page.isVisible()
    front.open_made(tmp_path / "walker")
    front.trigger("view.runs")
    workspace = front.window.run.tabs.of(RunsWorkspace)
    front.bot.waitUntil(lambda: bool(workspace.board.runs.model.entries), timeout=PATIENCE_MS)
    assert workspace.isVisible()
    write_run(tmp_path / "elsewhere" / "other", tests=(1.0,))
    front.trigger("file.preferences")
    (preferences,) = front.window.findChildren(PreferencesDialog)
    preferences.folders.add_folder(str(tmp_path / "elsewhere"))
    preferences.reject()
    listed = workspace.board.runs.model
    front.bot.waitUntil(lambda: "other" in [entry.name for entry in listed.entries], timeout=PATIENCE_MS)
    front.window.close_run()
    front.wait_for_home()
    front.trigger("view.runs")
    assert page.isVisible()
