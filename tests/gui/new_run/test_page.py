"""The page of a new run on made values, and one real preview."""

from __future__ import annotations

import dataclasses
from collections import Counter
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt, QThread
from PySide6.QtGui import QKeySequence, QPalette
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QFileDialog, QLabel, QTreeWidget, QWidget
from pytestqt.qtbot import QtBot

from dreamer_studio.check import CheckReport, Row
from dreamer_studio.config import write_config
from dreamer_studio.envs import build_config
from dreamer_studio.studio.new_run.page import NewRunPage
from dreamer_studio.studio.new_run.previews import PREVIEW_MS
from dreamer_studio.studio.new_run.settings_panel import ANOTHER_RUN, NOTHING
from dreamer_studio.studio.new_run.workers import PageWorkers
from dreamer_studio.studio.theme import Theme
from dreamer_studio.studio.widgets.text import set_text_scale
from dreamer_studio.viewing.frames import no_frames
from dreamer_studio.viewing.new_run.choice import SEEDS
from dreamer_studio.viewing.new_run.measurements import Measurements
from dreamer_studio.viewing.new_run.messages import CheckResult
from dreamer_studio.viewing.new_run.new_study import NewStudy
from dreamer_studio.viewing.new_run.place import FOLDER, NAME, PlaceWorker
from tests.support.new_run_page import PATIENCE_MS, IdleWorkers, Page, answer, made, type_into
from tests.support.new_runs import INSTALL, MEASURED, PROBLEM, TASK, WALKER, defaults

__all__ = ["made"]


def button(made: Page, text: str) -> QAbstractButton:
    return next(each for each in made.page.findChildren(QAbstractButton) if each.text() == text)


def test_that_typing_filters_and_the_keyboard_alone_starts_a_run(made: Page, tmp_path: Path) -> None:
    page = made.page
    QTest.keyClicks(page.panels.tasks.search_box, "cartpole-v")
    assert page.panels.tasks.shown_tasks() == [TASK]
    assert not page.panels.command.start.isEnabled()
    assert page.panels.command.reason == "Choose a task first."
    QTest.keyClick(page.panels.tasks.search_box, Qt.Key.Key_Return)
    made.workers.answer_defaults()
    made.wait(page.panels.command.start.isEnabled)
    assert f"--run {tmp_path / 'CartPole-v1-laptop-1'}" in page.panels.command.command
    QTest.keyClick(page.panels.tasks.search_box, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    made.wait(lambda: len(made.started) == 1)
    assert made.started[0].plan().config == build_config(TASK, "laptop")
    assert not made.started[0].paused
    page.panels.command.start_paused.click()
    assert made.started[1].paused


def test_that_escape_leaves_the_page(made: Page) -> None:
    QTest.keyClick(made.page.panels.tasks.search_box, Qt.Key.Key_Escape)
    made.wait(lambda: made.canceled == [True])


def test_that_a_typed_task_starts_only_when_it_is_chosen(made: Page) -> None:
    page = made.page
    QTest.keyClicks(page.panels.tasks.search_box, "gym:my_module:Name-v0")
    assert page.panels.tasks.shown_tasks()[0] == "gym:my_module:Name-v0"
    assert page.choice.task == ""
    QTest.keyClick(page.panels.tasks.search_box, Qt.Key.Key_Return)
    assert page.choice.task == "gym:my_module:Name-v0"


def test_that_a_task_that_cannot_run_says_why_and_which_command_fixes_it(made: Page) -> None:
    page = made.page
    QTest.keyClicks(page.panels.tasks.search_box, "bipedal")
    QTest.keyClick(page.panels.tasks.search_box, Qt.Key.Key_Down)
    assert (page.panels.preview.problem, page.panels.preview.install_line) == (PROBLEM, INSTALL)
    page.panels.preview.copy.click()
    assert QApplication.clipboard().text() == INSTALL
    assert not page.panels.command.start.isEnabled()
    assert PROBLEM in page.panels.command.reason


def test_that_an_invalid_value_is_refused_at_its_field_and_start_says_why(made: Page) -> None:
    page = made.page
    made.choose()
    page.panels.settings.fold.click()
    row = page.panels.settings.rows["horizon"]
    type_into(row.field.editor, "99")
    assert "less than or equal to 50" in row.problem
    assert "less than or equal to 50" in row.field.editor.accessibleDescription()
    assert not page.panels.command.start.isEnabled()
    assert page.panels.command.reason.startswith("horizon: ")
    row.reset.click()
    assert (row.problem, row.field.text, page.panels.command.start.isEnabled()) == ("", "15", True)


def test_that_changed_settings_are_marked_counted_and_part_of_the_command(made: Page) -> None:
    page = made.page
    made.choose()
    page.panels.settings.fold.click()
    row = page.panels.settings.rows["expl_amount"]
    type_into(row.field.editor, "0.5")
    assert row.marked
    assert "1 changed" in page.panels.settings.fold.text()
    assert "--set expl_amount=0.5" in page.panels.command.command
    page.panels.settings.only_different.click()
    assert page.panels.settings.shown_names == ["expl_amount"]
    page.panels.settings.reset_all.click()
    assert page.panels.settings.shown_names == []
    assert "0 changed" in page.panels.settings.fold.text()


def test_that_settings_are_compared_with_a_preset_and_with_a_run(made: Page, tmp_path: Path) -> None:
    page = made.page
    made.choose()
    page.panels.settings.fold.click()
    page.panels.settings.only_different.click()
    page.panels.settings.compared.setCurrentText("tiny")
    page.panels.settings.compared.textActivated.emit("tiny")
    laptop, tiny = build_config(TASK, "laptop"), build_config(TASK, "tiny")
    differing = {name for name in page.panels.settings.rows if getattr(laptop, name) != getattr(tiny, name)}
    assert set(page.panels.settings.shown_names) == differing
    write_config(build_config(TASK, "laptop", {"horizon": 3}), tmp_path / "config.json")
    page.panels.settings.compare_with_run(tmp_path)
    assert page.panels.settings.shown_names == ["horizon"]


def test_that_the_compared_preset_has_the_values_of_the_task_chosen_since(made: Page) -> None:
    page = made.page
    made.choose(WALKER)
    page.panels.settings.fold.click()
    page.panels.settings.only_different.click()
    page.panels.settings.compared.setCurrentText("laptop")
    page.panels.settings.compared.textActivated.emit("laptop")
    assert page.panels.settings.shown_names == []
    made.choose(TASK)
    assert build_config(TASK, "laptop").action_repeat != build_config(WALKER, "laptop").action_repeat
    assert page.panels.settings.shown_names == []


def test_that_the_filter_finds_settings_by_name_and_meaning(made: Page) -> None:
    page = made.page
    made.choose()
    page.panels.settings.fold.click()
    page.panels.settings.filter.setText("many nats")
    assert page.panels.settings.shown_names == ["free_nats"]


def test_that_an_estimate_is_shown_only_after_a_measurement(made: Page) -> None:
    page = made.page
    made.choose()
    assert "not measured yet" in page.panels.presets.estimate_of("laptop")
    page.panels.presets.button_of("laptop").click()
    request = made.wait_for_measurement()
    assert request.config == page.review.config and not request.automatic
    assert page.panels.presets.button_of("laptop").text() == "Cancel"
    made.measure()
    made.wait(lambda: " steps: " in page.panels.presets.estimate_of("laptop"))
    assert "not measured yet" in page.panels.presets.estimate_of("paper")


def test_that_the_name_of_a_measured_task_is_shown_as_it_is(made: Page) -> None:
    presets = made.page.panels.presets
    measured = dataclasses.replace(MEASURED, task="gym:<b>module</b>:Name-v0")
    presets.set_configs({"laptop": (defaults(TASK).configs["laptop"], measured)})
    assert measured.task in presets.basis
    naming = [label for label in presets.findChildren(QLabel) if measured.task in label.text()]
    assert naming and all(label.textFormat() is Qt.TextFormat.PlainText for label in naming)


def test_that_the_preview_shows_the_facts_of_the_environment(made: Page) -> None:
    page = made.page
    made.choose()
    made.show_preview()
    made.wait(lambda: page.panels.preview.facts.value("Action names") == "push left, push right")
    assert page.panels.preview.facts.value("Episode").startswith("500 actions at most")
    assert page.panels.preview.facts.value("Usual return") == "nothing is published for this task"


def test_that_a_task_that_does_not_start_cannot_be_trained(made: Page) -> None:
    page = made.page
    made.choose()
    made.wait(lambda: made.workers.channels.preview.asked)
    taken = made.workers.channels.preview.take()
    assert taken is not None
    made.workers.channels.preview.fail(taken[0], "the pole has left the building")
    made.wait(lambda: not page.panels.command.start.isEnabled())
    assert "the pole has left the building" in page.panels.command.reason
    page.panels.preview.again.click()
    assert page.panels.command.start.isEnabled()


def test_that_published_returns_are_shown_with_their_source(made: Page) -> None:
    made.choose(WALKER)
    assert "published by the author" in made.page.panels.preview.facts.value("Usual return")


def test_that_the_settings_of_another_run_fill_the_page(made: Page) -> None:
    page = made.page
    other = build_config(TASK, "tiny", {"horizon": 7, "seed": 4})
    page.take_settings(other)
    made.workers.answer_defaults()
    made.wait(page.panels.command.start.isEnabled)
    assert page.review.config == other
    assert page.review.changed == ("horizon",)
    assert page.panels.place.fields[SEEDS].text() == "4"


def test_that_code_of_a_strangers_run_waits_for_trust(made: Page) -> None:
    page = made.page
    page.take_settings(build_config("gym:somebodys_module:Name-v0", "tiny"))
    made.workers.answer_defaults()
    made.wait(lambda: bool(page.panels.preview.problem))
    assert "trust" in page.panels.preview.problem
    assert not made.workers.channels.preview.asked
    page.panels.preview.again.click()
    assert made.workers.channels.preview.asked


def test_that_invalid_places_and_seeds_are_refused_at_their_fields(made: Page, tmp_path: Path) -> None:
    page = made.page
    made.choose()
    for key, text in ((NAME, "a/b"), (FOLDER, "not/whole"), (SEEDS, "many")):
        field = page.panels.place.fields[key]
        before = field.text()
        type_into(field, text)
        assert page.panels.place.problem_of(key), key
        assert not page.panels.command.start.isEnabled()
        type_into(field, before)
    assert page.panels.place.fields[FOLDER].text() == str(tmp_path)


def test_that_the_disk_is_looked_at_only_when_the_place_changes(made: Page, tmp_path: Path) -> None:
    page = made.page
    made.choose()
    before = len(made.workers.looks)
    page.panels.settings.fold.click()
    type_into(page.panels.settings.rows["expl_amount"].field.editor, "0.55")
    assert "--set expl_amount=0.55" in page.panels.command.command
    assert len(made.workers.looks) == before
    type_into(page.panels.place.fields[NAME], "mine")
    assert made.workers.looks[-1].name == "mine"
    assert f"--run {tmp_path / 'mine'}" in page.panels.command.command


def test_that_a_taken_name_is_refused_at_its_field(made: Page, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    write_config(build_config(TASK, "laptop"), tmp_path / "mine" / "config.json")
    made.choose()
    type_into(made.page.panels.place.fields[NAME], "mine")
    made.wait(lambda: "already" in made.page.panels.place.problem_of(NAME))
    assert not made.page.panels.command.start.isEnabled()


def test_that_a_taken_name_stays_in_its_field_if_it_was_typed_before_the_task_was_chosen(
    made: Page, tmp_path: Path
) -> None:
    (tmp_path / "mine").mkdir()
    write_config(build_config(TASK, "laptop"), tmp_path / "mine" / "config.json")
    type_into(made.page.panels.place.fields[NAME], "mine")
    made.choose()
    made.wait(lambda: "already" in made.page.panels.place.problem_of(NAME))
    assert made.page.panels.place.fields[NAME].text() == "mine"


def test_that_a_slow_disk_does_not_stop_the_page(made: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(made.workers, "look", made.workers.channels.place.ask)
    made.choose()
    assert made.page.panels.command.reason == "The folder is being read."
    assert not made.page.panels.command.start.isEnabled()
    assert PlaceWorker(made.workers.channels.place).turn()
    made.wait(made.page.panels.command.start.isEnabled)


def test_that_a_look_at_the_folder_that_fails_says_why_until_the_folder_changes(
    made: Page, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(made.workers, "look", made.workers.channels.place.ask)
        made.choose()
        assert made.workers.channels.place.take() is not None
        made.workers.channels.place.fail_taken("ValueError: broken")
        told = "cannot be read: ValueError: broken"
        made.wait(lambda: made.page.panels.place.problem_of(FOLDER) == told)
        assert made.page.panels.command.reason == f"Folder: {told}"
        assert not made.page.panels.command.start.isEnabled()
    type_into(made.page.panels.place.fields[FOLDER], str(tmp_path / "other"))
    made.wait(made.page.panels.command.start.isEnabled)


def test_that_the_preset_for_the_device_is_proposed_until_the_user_chooses_one(made: Page) -> None:
    page, devices = made.page, made.workers.channels.device
    made.choose()
    answer(devices, "cuda")
    made.wait(lambda: page.choice.preset == "paper")
    assert page.panels.presets.radio_of("paper").isChecked()
    assert "Proposed, because a CUDA GPU computes here." in page.panels.presets.words_of("paper")
    page.panels.presets.radio_of("tiny").click()
    devices.ask(page.choice.device)
    answer(devices, "cpu")
    made.wait(lambda: "the CPU computes here" in page.panels.presets.words_of("laptop"))
    assert page.choice.preset == "tiny"
    assert "Proposed" not in page.panels.presets.words_of("paper")


def test_that_the_preset_of_the_lesson_is_offered_and_chosen_for_its_tasks_only(made: Page) -> None:
    page, radio = made.page, made.page.panels.presets.radio_of
    assert radio("lesson").isHidden() and not radio("laptop").isHidden()
    page.choose_task("lesson:disc")
    assert page.choice.preset == "lesson" and radio("lesson").isChecked() and not radio("lesson").isHidden()
    radio("lesson").click()
    page.choose_task(TASK)
    assert page.choice.preset == "laptop" and radio("laptop").isChecked() and radio("lesson").isHidden()
    radio("tiny").click()
    page.choose_task("lesson:disc")
    assert page.choice.preset == "tiny" and radio("tiny").isChecked()


def test_that_the_commands_name_the_device_of_the_window(theme: Theme, qtbot: QtBot, tmp_path: Path) -> None:
    made = Page(theme, qtbot, tmp_path, IdleWorkers("cpu"))
    made.choose()
    assert made.page.panels.command.command.endswith(" --device cpu")
    made.page.take_settings(build_config(TASK, "tiny"))
    made.workers.answer_defaults()
    made.wait(lambda: made.page.panels.command.command.endswith(" --device cpu"))
    made.page.end()


def test_that_the_page_itself_writes_nothing(made: Page, tmp_path: Path) -> None:
    made.choose()
    made.page.panels.command.start.click()
    assert not list(tmp_path.iterdir())


def test_that_every_field_has_a_name_for_screen_readers(made: Page) -> None:
    made.choose()
    made.page.panels.settings.fold.click()
    fields = [row.field.editor for row in made.page.panels.settings.rows.values()]
    assert all(field.accessibleName() for field in (*fields, *made.page.panels.place.fields.values()))


@pytest.mark.parametrize("size", [(1000, 560), (640, 500)])
def test_that_the_page_never_scrolls_sideways(made: Page, size: tuple[int, int]) -> None:
    made.choose()
    made.page.panels.settings.fold.click()
    made.page.resize(*size)
    QApplication.processEvents()
    inner = made.page.cards.widget()
    assert inner is not None
    assert inner.width() <= made.page.cards.viewport().width()


def test_that_the_page_never_scrolls_sideways_with_text_of_150_percent(large_text: None, made: Page) -> None:
    made.choose()
    made.page.resize(640, 500)
    QApplication.processEvents()
    inner = made.page.cards.widget()
    assert inner is not None
    assert inner.width() <= made.page.cards.viewport().width()


def test_that_a_real_task_is_previewed_and_its_process_ends_with_the_page(
    theme: Theme, qtbot: QtBot, tmp_path: Path
) -> None:
    page = NewRunPage(theme, tmp_path, PageWorkers(Measurements(None)))
    qtbot.addWidget(page)
    page.show()
    page.choose_task(TASK)
    qtbot.waitUntil(lambda: page.panels.preview.facts.value("Actions") == "one of 2, one-hot", timeout=PATIENCE_MS)
    assert page.panels.command.start.isEnabled()
    page.end()


def test_that_a_real_task_is_checked_before_a_training(theme: Theme, qtbot: QtBot, tmp_path: Path) -> None:
    page = NewRunPage(theme, tmp_path, PageWorkers(Measurements(None)))
    qtbot.addWidget(page)
    page.show()
    page.choose_task(TASK)
    qtbot.waitUntil(page.panels.preview.check.isEnabled, timeout=PATIENCE_MS)
    page.panels.preview.check.click()
    qtbot.waitUntil(lambda: bool(page.panels.check.row_texts), timeout=PATIENCE_MS)
    assert page.panels.check.verdict.startswith(f"{TASK}: ok")
    assert any(text.startswith("reward, ok") for text in page.panels.check.row_texts)
    page.end()


def test_that_a_check_shows_its_progress_and_can_be_canceled(made: Page) -> None:
    page, channel = made.page, made.workers.channels.check
    made.choose()
    page.panels.preview.check.click()
    taken = channel.take()
    assert taken is not None
    channel.answer(taken[0], CheckResult(TASK, "playing", 0.5), done=False)
    made.wait(lambda: "playing" in page.panels.check.verdict)
    page.panels.check.cancel.click()
    assert not channel.asked
    assert page.panels.check.verdict == ""


def test_that_a_check_that_refuses_says_what_to_do(made: Page) -> None:
    page, channel = made.page, made.workers.channels.check
    made.choose()
    page.panels.preview.check.click()
    taken = channel.take()
    assert taken is not None
    rows = (Row("start", "ok", "imported"), Row("image", "refused", "all frames are black", "render another camera"))
    channel.answer(taken[0], CheckResult(TASK, "", 1.0, CheckReport(TASK, rows, no_frames(), "File my_env.py, line 3")))
    made.wait(lambda: len(page.panels.check.row_texts) == 2)
    assert "refused" in page.panels.check.verdict
    assert page.panels.check.row_texts[1] == "image, refused: all frames are black. render another camera"


def test_that_several_seeds_start_a_study_and_say_how_it_ends(made: Page) -> None:
    page, bar = made.page, made.page.panels.command
    studies: list[NewStudy] = []
    page.studyWanted.connect(studies.append)
    made.choose()
    assert bar.start.text() == "&Start training"
    type_into(page.panels.place.fields[SEEDS], "1-3")
    made.wait(bar.start.isEnabled)
    assert bar.start.text() == "&Start study" and not bar.start_paused.isEnabled()
    assert [line.split()[:3] for line in bar.command.splitlines()] == [
        ["dreamer-studio", "study", verb] for verb in ("new", "run")
    ]
    assert "also after this window is closed" in bar.reason and "estimates are for one run" in bar.reason
    bar.start.click()
    assert [new.study.all_seeds for new in studies] == [(1, 2, 3)] and not made.started
    studies[0].write()
    type_into(page.panels.place.fields[NAME], studies[0].study.name)
    made.wait(lambda: bar.reason.startswith("Continues the study"))
    type_into(page.panels.place.fields[SEEDS], "1-4")
    made.wait(lambda: "other seeds" in page.panels.place.problem_of(NAME))
    assert not bar.start.isEnabled()
    type_into(page.panels.place.fields[SEEDS], "1-1000000")
    assert "more than 100 seeds" in page.panels.place.problem_of(SEEDS)


def test_that_a_page_that_comes_back_has_a_free_name_and_nothing_under_way(made: Page, tmp_path: Path) -> None:
    page = made.page
    made.choose()
    type_into(page.panels.place.fields[NAME], "mine")
    page.panels.presets.button_of("tiny").click()
    page.panels.preview.check.click()
    (tmp_path / "mine").mkdir()
    write_config(build_config(TASK, "laptop"), tmp_path / "mine" / "config.json")
    page.hide()
    assert not made.workers.channels.measure.asked
    assert not made.workers.channels.check.asked
    page.show()
    made.wait(lambda: page.choice.name == "")
    assert page.panels.command.start.isEnabled()


def test_that_tab_goes_through_the_page_in_reading_order(made: Page) -> None:
    page = made.page
    made.choose()
    page.activateWindow()
    panels = page.panels
    stations = [
        panels.tasks.search_box,
        panels.preview.check,
        panels.presets.radio_of("laptop"),
        *(panels.place.fields[key] for key in (NAME, FOLDER, SEEDS)),
        panels.settings.fold,
        panels.command.copy,
        panels.command.cancel,
        panels.command.start_paused,
        panels.command.start,
    ]
    passed: list[QWidget] = []
    while (widget := page.focusWidget()) is not None and widget not in passed:
        passed.append(widget)
        QTest.keyClick(widget, Qt.Key.Key_Tab)
    assert [widget for widget in passed if widget in stations] == stations
    assert panels.presets.radio_of("paper") not in passed


def test_that_each_underlined_letter_has_one_meaning(made: Page) -> None:
    page = made.page
    made.choose()
    page.panels.settings.fold.click()
    texts = [button.text() for button in page.findChildren(QAbstractButton)]
    texts += [label.text() for label in page.findChildren(QLabel)]
    letters = Counter(QKeySequence.mnemonic(text).toString() for text in texts if "&" in text)
    letters += Counter(f"Alt+{menu[0]}" for menu in ("File", "Run", "Dream", "View", "Help"))
    assert letters.most_common(1)[0][1] == 1, letters


def test_that_a_task_in_a_file_says_where_its_command_works(made: Page, tmp_path: Path) -> None:
    made.choose("gym:./my_env.py:Drift-v0")
    assert str(Path.cwd()) in made.page.panels.command.reason
    made.choose(f"gym:{tmp_path}/my_env.py:Drift-v0")
    assert made.page.panels.command.reason == ""


def test_that_the_arrow_keys_choose_a_preset(made: Page) -> None:
    page = made.page
    made.choose()
    page.activateWindow()
    page.panels.presets.radio_of("laptop").setFocus()
    made.wait(page.panels.presets.radio_of("laptop").hasFocus)
    QTest.keyClick(page.panels.presets.radio_of("laptop"), Qt.Key.Key_Down)
    assert page.choice.preset == "tiny"
    made.wait(lambda: "--preset tiny" in page.panels.command.command)


def test_that_cards_stand_below_each_other_where_two_columns_do_not_fit(made: Page) -> None:
    page = made.page
    assert not page.cards.stacked
    set_text_scale(2.0)
    try:
        made.wait(lambda: page.cards.stacked)
    finally:
        set_text_scale(1.0)
    made.wait(lambda: not page.cards.stacked)
    page.resize(600, 600)
    made.wait(lambda: page.cards.stacked)


def test_that_a_preview_can_be_wanted_again_after_the_settings_could_not_be_read(made: Page) -> None:
    made.page.choose_task(TASK)
    taken = made.workers.channels.defaults.take()
    assert taken is not None
    made.workers.channels.defaults.fail(taken[0], "the suite did not answer")
    made.wait(made.page.panels.preview.again.isVisible)
    made.page.panels.preview.again.click()
    assert made.page.panels.preview.problem == ""
    made.workers.answer_defaults()
    made.wait(lambda: made.workers.channels.preview.asked)
    assert made.page.review.new_run is not None


def test_that_a_strangers_code_does_not_start_with_the_preview_of_the_task_before(made: Page) -> None:
    made.choose()  # its preview starts in a moment
    made.page.take_settings(build_config("gym:some_module:Name-v0", "tiny"))
    made.workers.answer_defaults()
    made.wait(made.page.panels.preview.again.isVisible)
    QTest.qWait(2 * PREVIEW_MS)
    assert not made.workers.channels.preview.asked


def test_that_a_late_failure_says_nothing_about_the_task_chosen_since(made: Page) -> None:
    made.page.choose_task(TASK)
    taken = made.workers.channels.defaults.take()
    assert taken is not None
    item = "gym:BipedalWalker-v3"
    panel = made.page.panels.tasks
    type_into(panel.search_box, item)
    QTest.keyClick(panel.search_box, Qt.Key.Key_Return)
    made.workers.channels.defaults.fail(taken[0], "the suite did not answer")
    QTest.qWait(200)
    assert made.page.panels.preview.problem == PROBLEM


def test_that_visits_to_the_page_leave_no_threads(qtbot: QtBot) -> None:
    workers = PageWorkers(Measurements(None))
    for _ in range(3):
        workers.begin()
        workers.end()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert not workers.findChildren(QThread)


def test_that_the_page_goes_on_while_it_asks_for_a_folder(made: Page, tmp_path: Path) -> None:
    made.choose()
    button(made, "&Browse...").click()
    (dialog,) = made.page.findChildren(QFileDialog)
    dialog.selectFile(str(tmp_path))
    dialog.accept()
    assert made.page.choice.root == str(tmp_path)
    settings = made.page.panels.settings
    settings.fold.click()
    settings.compared.setCurrentText(ANOTHER_RUN)
    settings.compared.textActivated.emit(ANOTHER_RUN)
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    (dialog,) = made.page.findChildren(QFileDialog)
    dialog.reject()
    assert settings.compared.currentText() == NOTHING
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert not made.page.findChildren(QFileDialog)


def test_that_the_notes_of_tasks_have_the_muted_color_of_the_theme_on_show(made: Page, theme: Theme) -> None:
    (tasks,) = made.page.panels.tasks.findChildren(QTreeWidget)
    before = theme.scheme
    for scheme in ("dark", "light", "dark"):
        theme.set_scheme(scheme)
        QApplication.processEvents()
        muted = QApplication.palette().color(QPalette.ColorRole.PlaceholderText)
        item = tasks.topLevelItem(0)
        assert item is not None and item.foreground(1).color() == muted, scheme
    theme.set_scheme(before)
