"""The start page lists runs, says what the last one reached, and reports what the user wants."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QMenu, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from dreamer_studio.library.entry import RunEntry, RunState
from dreamer_studio.library.labels import Label, read_label, write_label
from dreamer_studio.library.study_mark import KEPT_STUDY
from dreamer_studio.library.trash import TRASH as TRASH_FOLDER
from dreamer_studio.replay import EpisodeStore
from dreamer_studio.runs.best import TEST_FILE, pack_returns
from dreamer_studio.runs.lock import Holder
from dreamer_studio.studio.run_list.columns import Column
from dreamer_studio.studio.run_list.note_dialog import NoteDialog
from dreamer_studio.studio.run_list.run_menu import NOTE, OPEN, STOP, TRASH, possibilities
from dreamer_studio.studio.start.cards import state_sentence
from dreamer_studio.studio.start.page import StartPage
from dreamer_studio.studio.theme import Scheme, Theme
from dreamer_studio.studio.worker_thread import WorkerThread
from tests.support import listed_runs
from tests.support.listed_runs import held_elsewhere, write_checkpoint, write_run
from tests.support.made_run import made_episode

PATIENCE_MS = 10_000


class Start:
    """A page on made runs, and its reports."""

    def __init__(self, theme: Theme, bot: QtBot, root: Path) -> None:
        self.root = root
        self.bot = bot
        self.page = StartPage(theme, [root])
        self.said: list[tuple[str, object]] = []
        for name in ("openWanted", "bestWanted", "stopWanted", "compareWanted", "overlayWanted", "settingsWanted"):
            getattr(self.page.runs, name).connect(lambda *values, name=name: self.said.append((name, values)))
        for name in ("newRunWanted", "openFolderWanted", "exampleWanted", "guideWanted"):
            getattr(self.page, name).connect(lambda name=name: self.said.append((name, ())))
        self.orders: list[str] = []
        self.page.sorted.connect(self.orders.append)
        self.page.resize(1200, 800)
        self.page.show()
        self.bot.waitUntil(lambda: len(self.page.entries) == len(self.folders), timeout=PATIENCE_MS)

    @property
    def folders(self) -> list[Path]:
        return sorted(path for path in self.root.iterdir() if not path.name.startswith("."))

    @property
    def current(self) -> RunEntry:
        entry = self.page.runs.table.current
        assert entry is not None
        return entry

    @property
    def names(self) -> list[str]:
        model = self.page.runs.model
        return [model.index(row, Column.NAME).data() for row in range(model.rowCount())]

    def text(self, name: str, column: Column) -> str:
        model = self.page.runs.model
        return str(model.index(self.names.index(name), column).data())

    def select(self, name: str) -> None:
        self.page.runs.table.select(self.root / name)
        self.page.runs.table.setFocus()

    def press(self, key: Qt.Key) -> None:
        self.bot.keyClick(self.page.runs.table, key)

    def click_box(self, name: str) -> None:
        table, model = self.page.runs.table, self.page.runs.model
        cell = table.visualRect(model.index(self.names.index(name), Column.TICK))
        self.bot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=cell.center())

    def wait_for_names(self, *names: str) -> None:
        def check() -> None:
            assert self.names == list(names)

        self.bot.waitUntil(check, timeout=PATIENCE_MS)


@pytest.fixture
def start(theme: Theme, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Start]:
    monkeypatch.setattr(listed_runs, "BEGUN", time.time() - 1000)
    root = tmp_path / "runs"
    write_run(root / "old", task="gym:CartPole-v1", tests=(20.0, 30.0), step=250)
    write_run(root / "new", tests=(-80.0, -60.0, -70.0), step=350)
    write_run(root / "done", steps=300, step=300)
    made = Start(theme, qtbot, root)
    yield made
    made.page.stop()
    made.page.close()


def test_that_runs_are_listed_newest_first_with_their_steps_and_returns(start: Start) -> None:
    assert start.names == ["new", "done", "old"]
    assert start.text("new", Column.STEPS) == "350" and start.text("new", Column.TEST) == "-70.0"
    assert (start.text("new", Column.STATE), start.text("done", Column.STATE)) == ("stopped", "finished")
    assert start.page.go_on.entry is not None and start.page.go_on.entry.path == start.root / "new"
    assert start.page.go_on.open.isVisible() and not start.page.go_on.stop.isVisible()


def test_that_enter_resumes_and_a_training_run_is_watched(start: Start) -> None:
    start.select("old")
    start.press(Qt.Key.Key_Return)
    assert start.said == [("openWanted", (start.root / "old", False))]
    start.said.clear()
    with held_elsewhere(start.root / "old") as holder:
        start.bot.waitUntil(lambda: start.text("old", Column.STATE).startswith("training here"), timeout=PATIENCE_MS)
        start.press(Qt.Key.Key_Return)
        assert start.said == [("openWanted", (start.root / "old", True))]
        start.press(Qt.Key.Key_Delete)
        menu = start.page.runs.menu_of(start.current)
        possible = {each.text().partition("\t")[0].replace("&", "") for each in menu.actions() if each.isEnabled()}
        assert "Stop training" in possible and not possible & {"Resume", "Move to trash"}
        menu.deleteLater()
        assert (start.root / "old").is_dir() and holder.poll() is None


def test_that_arrows_move_and_space_ticks(start: Start) -> None:
    start.select("new")
    start.press(Qt.Key.Key_Space)
    start.press(Qt.Key.Key_Down)
    assert not start.page.runs.compare.isEnabled()
    start.press(Qt.Key.Key_Space)
    assert start.page.runs.compare.text() == "&Compare 2"
    start.bot.mouseClick(start.page.runs.compare, Qt.MouseButton.LeftButton)
    start.bot.mouseClick(start.page.runs.overlay, Qt.MouseButton.LeftButton)
    ticked = (start.root / "new", start.root / "done")
    assert start.said == [("compareWanted", (ticked,)), ("overlayWanted", (ticked,))]
    start.click_box("new")
    assert not start.page.runs.compare.isEnabled() and not start.page.runs.overlay.isEnabled()
    start.click_box("old")
    assert start.page.runs.compare.isEnabled()


def test_that_the_search_finds_name_task_and_note_and_keeps_ticks(start: Start) -> None:
    write_label(start.root / "done", Label("", "the slow one"))
    start.bot.waitUntil(lambda: any(entry.note for entry in start.page.entries), timeout=PATIENCE_MS)
    start.click_box("old")
    start.bot.keyClicks(start.page.runs.search, "SLOW")
    assert start.names == ["done"]
    start.page.runs.search.setText("cartpole old")
    assert start.names == ["old"]
    start.page.runs.search.setText("nothing like it")
    assert start.names == [] and not start.page.runs.table.isVisible()
    start.page.runs.search.clear()
    assert start.names == ["new", "done", "old"]
    assert start.page.runs.model.ticked == (start.root / "old",)


def test_that_a_click_on_a_heading_sorts_and_a_second_one_turns_the_order(start: Start) -> None:
    header = start.page.runs.table.horizontalHeader()
    at = header.sectionViewportPosition(Column.STEPS) + 10
    for names in (["old", "done", "new"], ["new", "done", "old"]):
        start.bot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(at, 8))
        assert start.names == names
    assert start.orders == ["steps", "steps down"]
    start.page.sort_by("name")
    assert start.names == ["done", "new", "old"]
    start.page.sort_by("steps down")
    assert start.names == ["new", "done", "old"]
    start.page.sort_by("no such order")
    assert start.names == ["new", "done", "old"]


def test_that_a_click_on_the_heading_of_the_boxes_keeps_the_order(start: Start) -> None:
    start.page.sort_by("steps")
    header = start.page.runs.table.horizontalHeader()
    start.bot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(10, 8))
    assert start.names == ["old", "done", "new"]
    assert header.sortIndicatorSection() == Column.STEPS


def test_that_f2_renames_the_label_and_not_the_folder(start: Start) -> None:
    start.select("old")
    start.press(Qt.Key.Key_F2)
    editor = start.page.runs.table.viewport().focusWidget()
    assert editor is not None
    start.bot.keyClicks(editor, "my cart")
    write_run(start.root / "later", step=900)
    start.bot.wait(2500)  # the list looks again, and leaves the field alone
    assert start.page.runs.table.editing and start.names == ["new", "done", "old"]
    start.bot.keyClick(editor, Qt.Key.Key_Return)
    start.wait_for_names("later", "new", "done", "my cart")
    assert read_label(start.root / "old").name == "my cart"
    assert start.said == []


def test_that_a_run_gets_its_thumbnail_when_its_training_stops(start: Start) -> None:
    model = start.page.runs.model
    with held_elsewhere(start.root / "new"):
        start.bot.waitUntil(lambda: start.text("new", Column.STATE).startswith("training"), timeout=PATIENCE_MS)
        start.bot.wait(300)
        EpisodeStore(start.root / "new" / "episodes", 0).add(made_episode(1))
    start.bot.waitUntil(lambda: model.image_of(start.root / "new") is not None, timeout=PATIENCE_MS)
    assert model.image_of(start.root / "old") is None


def test_that_a_note_is_written_by_keys_alone(start: Start) -> None:
    start.select("old")
    start.page.runs.act(NOTE, start.current)
    dialog = start.page.findChild(NoteDialog)
    assert dialog is not None
    start.bot.waitUntil(dialog.text.hasFocus, timeout=PATIENCE_MS)
    start.bot.keyClicks(dialog.text, "with a small rate")
    start.bot.keyClick(dialog.text, Qt.Key.Key_Tab)
    button = dialog.focusWidget()
    assert button is not None and button is not dialog.text
    start.bot.keyClick(button, Qt.Key.Key_Return)
    start.bot.waitUntil(lambda: any(entry.note for entry in start.page.entries), timeout=PATIENCE_MS)
    assert read_label(start.root / "old") == Label("", "with a small rate")


def test_that_delete_moves_to_the_trash_and_undo_brings_back(start: Start) -> None:
    start.select("new")
    start.press(Qt.Key.Key_Delete)
    start.wait_for_names("done", "old")
    assert start.current.name == "done"
    assert not (start.root / "new").exists()
    start.bot.waitUntil(start.page.runs.undo.isVisible, timeout=PATIENCE_MS)
    start.bot.mouseClick(start.page.runs.undo, Qt.MouseButton.LeftButton)
    start.wait_for_names("new", "done", "old")
    start.bot.waitUntil(lambda: not start.page.runs.undo.isVisible(), timeout=PATIENCE_MS)


def test_that_a_run_of_a_study_is_named_with_it_renamed_without_it_and_moved_to_its_trash(start: Start) -> None:
    run = write_run(start.root / "first" / "walk-seed0", step=900)
    (start.root / "first" / KEPT_STUDY).touch()
    start.wait_for_names("first/walk-seed0", "new", "done", "old")
    assert start.page.runs.counted == f"4 runs in {start.root}"
    start.select("first/walk-seed0")
    start.press(Qt.Key.Key_F2)
    editor = start.page.runs.table.viewport().focusWidget()
    assert isinstance(editor, QLineEdit) and editor.text() == "walk-seed0"
    start.bot.keyClicks(editor, "walker")
    start.bot.keyClick(editor, Qt.Key.Key_Return)
    start.wait_for_names("first/walker", "new", "done", "old")
    assert read_label(run).name == "walker"
    start.press(Qt.Key.Key_Delete)
    start.wait_for_names("new", "done", "old")
    start.bot.waitUntil(
        lambda: start.page.runs.said == f"walker moved to {run.parent / TRASH_FOLDER}", timeout=PATIENCE_MS
    )


def test_that_a_damaged_run_is_listed_and_says_why_it_cannot_be_opened(start: Start) -> None:
    (start.root / "old" / "config.json").write_text("{")
    start.bot.waitUntil(lambda: start.text("old", Column.STATE) == "damaged", timeout=PATIENCE_MS)
    start.select("old")
    start.press(Qt.Key.Key_Return)
    assert start.said == [] and "cannot read the configuration" in start.page.runs.said
    start.press(Qt.Key.Key_Space)
    assert start.page.runs.model.ticked == ()


def test_that_a_hidden_page_reads_nothing_and_a_page_shown_again_is_up_to_date(start: Start) -> None:
    start.page.hide()
    write_run(start.root / "later", step=900)
    (thread,) = start.page.findChildren(WorkerThread)
    start.bot.wait(200)  # for the turn in hand
    used = thread.processor_seconds
    start.bot.wait(300)
    assert start.names == ["new", "done", "old"] and thread.processor_seconds == used
    start.page.show()
    start.wait_for_names("later", "new", "done", "old")


def test_that_each_button_reports_its_request(start: Start) -> None:
    page = start.page
    for button in (page.new.new, page.new.folder, page.look.example, page.look.guide, page.go_on.watch):
        start.bot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert [name for name, _ in start.said] == [
        "newRunWanted",
        "openFolderWanted",
        "exampleWanted",
        "guideWanted",
        "openWanted",
    ]
    assert start.said[-1][1] == (start.root / "new", True)


def test_that_the_context_menu_of_a_run_offers_its_actions(start: Start) -> None:
    start.select("old")
    start.page.runs.show_menu(start.current, start.page.mapToGlobal(start.page.rect().center()))
    menu = start.page.runs.findChild(QMenu)
    assert menu is not None
    texts = [each.text().partition("\t")[0].replace("&", "") for each in menu.actions() if not each.isSeparator()]
    assert texts == [
        "Resume",
        "Watch without training",
        "Watch the best checkpoint",
        "Stop training",
        "Tick for Compare",
        "Rename...",
        "Note...",
        "New run with these settings...",
        "Show folder",
        "Move to trash",
    ]
    next(each for each in menu.actions() if "settings" in each.text()).trigger()
    assert start.said == [("settingsWanted", (start.root / "old",))]
    menu.close()


def test_that_the_best_checkpoint_of_a_run_is_told_with_a_caution_and_can_be_watched(start: Start) -> None:
    for name, best in (("old", False), ("new", True)):
        start.select(name)
        if best:
            checkpoint = write_checkpoint(start.root.parent / "aside", 300, number=1)
            (checkpoint / TEST_FILE).write_bytes(pack_returns([-50.0, -60.0]))
            checkpoint.rename(start.root / name / "checkpoints" / checkpoint.name)  # whole at once
            start.bot.waitUntil(lambda: start.current.best is not None, timeout=PATIENCE_MS)
        tip = start.page.runs.model.index(start.names.index(name), Column.NAME).data(Qt.ItemDataRole.ToolTipRole)
        told = "Best checkpoint: step 300, test: mean return -55.0 over 2 episodes (the best of many noisy tests is"
        assert (told in tip) == best
        menu = start.page.runs.menu_of(start.current)
        watch = next(each for each in menu.actions() if "best" in each.text())
        assert watch.isEnabled() == best
        watch.trigger()
        menu.deleteLater()
    assert start.said == [("bestWanted", (start.root / "new",))]


def test_that_nothing_scrolls_sideways_with_text_of_150_percent(large_text: None, start: Start) -> None:
    start.page.resize(640, 480)
    start.bot.wait(50)
    page = start.page
    assert page.area.verticalScrollBar().maximum() > 0
    assert page.area.horizontalScrollBar().maximum() == 0
    tops = [card.mapTo(page, QPoint(0, 0)).y() for card in (page.go_on, page.new, page.look)]
    assert tops == sorted(set(tops))  # one below the other
    assert page.runs.table.horizontalScrollBar().maximum() == 0
    assert page.runs.table.columnWidth(Column.NAME) >= 180


@pytest.mark.parametrize("size", [(1024, 700), (853, 440), (640, 480)])
def test_that_nothing_scrolls_sideways(start: Start, size: tuple[int, int]) -> None:
    start.page.resize(*size)
    start.bot.wait(50)
    page = start.page
    for bar in (page.area.horizontalScrollBar(), page.runs.table.horizontalScrollBar()):
        assert bar.maximum() == 0
    table = page.runs.table
    shown = [column for column in Column if not table.isColumnHidden(column)]
    assert {Column.NAME, Column.STEPS, Column.TEST, Column.STATE} <= set(shown)
    assert table.columnWidth(Column.NAME) >= 120


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_that_boxes_are_drawn_in_both_themes(start: Start, theme: Theme, scheme: Scheme) -> None:
    theme.set_scheme(scheme)
    start.page.runs.model.toggle(0)
    table, model, palette = start.page.runs.table, start.page.runs.model, theme.palette
    image = table.viewport().grab().toImage()

    def colors(row: int) -> set[str]:
        cell = table.visualRect(model.index(row, Column.TICK))
        xs, ys = range(cell.left(), cell.right()), range(cell.top(), cell.bottom())
        return {image.pixelColor(x, y).name() for x in xs for y in ys}

    assert {palette.accent, palette.on_accent} <= colors(0)
    assert palette.muted in colors(1) and palette.accent not in colors(1)


def test_that_tab_follows_the_reading_order(start: Start) -> None:
    page = start.page
    page.go_on.open.setFocus()
    visited: list[QWidget | None] = []
    for _ in range(14):
        visited.append(QApplication.focusWidget())
        start.bot.keyClick(visited[-1], Qt.Key.Key_Tab)
    stops = [each for each in visited if not isinstance(each, QToolButton)]  # the ? of the cards
    assert stops[:8] == [
        page.go_on.open,
        page.go_on.watch,
        page.new.new,
        page.new.folder,
        page.look.example,
        page.look.guide,
        page.runs.search,
        page.runs.table,
    ]


def test_that_a_run_that_was_open_elsewhere_is_listed_too(start: Start, tmp_path: Path) -> None:
    other = write_run(tmp_path / "work" / "other", step=900)
    start.page.set_others((other, start.root / "new", tmp_path / "gone"))
    start.wait_for_names("other", "new", "done", "old")
    assert start.page.runs.counted == f"4 runs in {start.root} and elsewhere"


def test_that_an_empty_folder_says_so_instead_of_showing_a_list(theme: Theme, qtbot: QtBot, tmp_path: Path) -> None:
    page = StartPage(theme, [tmp_path])
    page.show()
    qtbot.waitUntil(lambda: "No runs in" in page.runs.empty_text, timeout=PATIENCE_MS)
    assert not page.runs.table.isVisible() and not page.go_on.open.isVisible()
    page.stop()
    page.close()


def test_that_cells_have_words_for_a_screen_reader(start: Start) -> None:
    model = start.page.runs.model
    spoken = [model.index(0, column).data(Qt.ItemDataRole.AccessibleTextRole) for column in Column]
    assert spoken[Column.NAME].startswith("new, gym:Pendulum-v1, tiny, step 350 of 1,000, test return -70.0, stopped")
    assert spoken[Column.TICK] == "new, not ticked"
    assert spoken[Column.CURVE] == "3 tests, first -80.0, last -70.0, lowest -80.0, highest -60.0"
    assert all(spoken)


def test_that_a_finished_run_that_a_process_has_open_is_neither_resumed_nor_moved() -> None:
    holder = Holder(pid=42, host="", since=0.0, held=True)
    entry = RunEntry(Path("one"), "one", step=10, steps=10, state=RunState.FINISHED, holder=holder)
    assert state_sentence(entry, 0.0).startswith("Finished ")
    assert not possibilities(entry) & {OPEN, STOP, TRASH}
    assert possibilities(dataclasses.replace(entry, holder=None)) >= {OPEN, TRASH}


def test_that_a_training_says_how_long_it_still_takes_unless_it_is_silent_or_its_speed_is_unknown() -> None:
    now = 10_000.0
    training = RunEntry(
        Path("one"), "one", step=2000, steps=5000, state=RunState.TRAINING_ELSEWHERE, changed=now, steps_per_s=1.0
    )
    said = state_sentence(training, now)
    assert said == "Training elsewhere, about 50 min to go at the speed of the last minutes."
    assert "to go" not in state_sentence(dataclasses.replace(training, steps_per_s=None), now)
    assert "to go" not in state_sentence(training, now + 500)


def test_that_list_and_card_count_the_time_since_a_run_stopped(
    theme: Theme, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dreamer_studio.studio.run_list.feed.TELL_TIME_SECONDS", 0.0)
    root = tmp_path / "runs"
    write_run(root / "one", step=350)
    start = Start(theme, qtbot, root)
    qtbot.waitUntil(lambda: bool(start.text("one", Column.SIZE)), timeout=PATIENCE_MS)  # nothing new is read any more
    later = start.page.entries[0].changed + 7200
    monkeypatch.setattr(time, "time", lambda: later)
    qtbot.waitUntil(lambda: start.text("one", Column.AGE) == "2 h ago", timeout=PATIENCE_MS)
    told = [label.text() for label in start.page.go_on.findChildren(QLabel)]
    start.page.stop()
    start.page.close()
    assert "Stopped 2 h ago." in told


def test_that_the_example_has_a_name_and_is_not_offered_as_the_last_run(start: Start) -> None:
    write_run(start.root / "demo-000020-step-95000-update-9300", task="dmc:cheetah-run", step=900)
    start.wait_for_names("Example: cheetah-run", "new", "done", "old")
    assert start.page.go_on.entry is not None and start.page.go_on.entry.name == "new"


def test_that_a_note_with_markup_is_shown_as_it_is(start: Start) -> None:
    write_label(start.root / "new", Label("", "<b>bold</b> <img src='x'>"))
    model = start.page.runs.model
    start.bot.waitUntil(lambda: "bold" in model.index(0, Column.NAME).data(Qt.ItemDataRole.ToolTipRole), timeout=9000)
    assert "&lt;b&gt;bold" in model.index(0, Column.NAME).data(Qt.ItemDataRole.ToolTipRole)
