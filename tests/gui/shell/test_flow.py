"""Opening, closing and leaving runs in one window, from the start page and back."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any, NoReturn

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel, QLineEdit, QMenu, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from dreamer_studio.config import write_config
from dreamer_studio.library.trainer import Life, OtherTrainer
from dreamer_studio.runs.errors import RunLockedError
from dreamer_studio.runs.folder import RunFolder
from dreamer_studio.runs.lease.owner import Owner
from dreamer_studio.runs.lease.status import TrainerState
from dreamer_studio.runs.lock import Holder
from dreamer_studio.session import Session, State
from dreamer_studio.studio.shell import run_view
from dreamer_studio.studio.shell.dialogs.leaving import Leave
from dreamer_studio.studio.shell.dialogs.question import Answer, Question
from dreamer_studio.studio.shell.flow import run_flow
from dreamer_studio.studio.shell.flow.requests import OpenRequest
from dreamer_studio.studio.shell.flow.run_flow import RunFlow
from dreamer_studio.studio.shell.settings import SettingsFile
from dreamer_studio.studio.theme import Theme
from dreamer_studio.viewing.frame_ref import FrameRef
from tests.support.flow import Front, MadeFlow, made_request, open_front
from tests.support.made_run import MadeRun
from tests.support.small_runs import small_config
from tests.support.studio import PATIENCE_MS
from tests.support.watching import answer_question


@pytest.fixture
def windows(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """Return a list that grows by the arguments of each new window. No window opens."""
    opened: list[tuple[str, ...]] = []
    monkeypatch.setattr(RunFlow, "open_window", lambda _, *arguments: opened.append(arguments))
    return opened


@pytest.fixture
def saves(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return a list that grows by the name of each made run that saves."""
    saved: list[str] = []
    monkeypatch.setattr(MadeRun, "save", lambda run: saved.append(run.folder.path.name))
    return saved


def test_that_the_window_opens_on_the_start_page_and_trains_nothing(front: Front) -> None:
    assert front.home.isVisible() and not front.window.has_run and not front.window.trains
    assert not front.window.action_set["file.close"].isEnabled()


def test_that_the_window_says_that_a_run_opens_while_it_loads_the_workspaces(
    front: Front, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    load = run_view.make_parts

    def make_parts(*parts: Any) -> run_view.WindowParts:
        said.extend(label.text() for label in front.window.findChildren(QLabel) if label.isVisible())
        return load(*parts)

    monkeypatch.setattr(run_view, "make_parts", make_parts)
    front.open_made(tmp_path / "walker", paused=True)
    assert said == ["Opening walker: the first run takes some seconds."]


def test_that_ctrl_w_asks_saves_and_goes_back_to_the_start_page_and_the_run_is_in_recent(
    front: Front, saves: list[str], tmp_path: Path
) -> None:
    front.open_made(tmp_path / "walker")
    asked = answer_question("Cancel")
    front.bot.keyClick(front.window, Qt.Key.Key_W, Qt.KeyboardModifier.ControlModifier)
    assert asked == ["Close this run while it trains?"]
    assert front.window.has_run and not saves
    answer_question("Save and stop")
    front.trigger("file.close")
    front.wait_for_home()
    assert saves == ["walker"] and not front.window.has_run and front.window.isVisible()
    assert SettingsFile(tmp_path / "settings.json").current.recent == (str(tmp_path / "walker"),)


def test_that_a_run_is_closed_without_a_question_if_the_user_prefers_that(
    front: Front, saves: list[str], tmp_path: Path
) -> None:
    front.settings.change(ask_before_closing=False)
    front.open_made(tmp_path / "walker")
    front.trigger("file.close")
    front.wait_for_home()
    assert saves == ["walker"]


@pytest.mark.parametrize(
    ("answer", "saved", "on_show"),
    [("Save and stop", ["walker"], "cart"), ("Second window", [], "walker"), ("Cancel", [], "walker")],
)
def test_that_opening_another_run_while_one_trains_asks_what_becomes_of_it(
    answer: str,
    saved: list[str],
    on_show: str,
    front: Front,
    saves: list[str],
    windows: list[tuple[str, ...]],
    tmp_path: Path,
) -> None:
    front.open_made(tmp_path / "walker")
    asked = answer_question(answer)
    front.flow.open(made_request(tmp_path / "cart"))
    front.wait_until_open(tmp_path / on_show)
    assert asked == ["Open cart while walker trains?"]
    assert saves == saved
    assert windows == ([("--run", str(tmp_path / "cart"))] if answer == "Second window" else [])


def test_that_the_run_on_show_is_not_closed_to_be_opened_again(
    front: Front, saves: list[str], windows: list[tuple[str, ...]], tmp_path: Path
) -> None:
    front.open_made(tmp_path / "walker")
    run = front.window.run
    front.flow.open_folder(tmp_path / "walker")
    assert front.window.run is run and not saves and not windows
    told = [label.text() for label in front.window.statusBar().findChildren(QLabel)]
    assert "walker is open in this window already." in told


def test_that_a_stopped_run_gives_way_to_another_one_without_a_question(front: Front, tmp_path: Path) -> None:
    front.open_made(tmp_path / "walker")
    front.trigger("run.stop")
    front.wait_for_state(State.STOPPED)
    front.flow.open(made_request(tmp_path / "cart"))
    front.wait_until_open(tmp_path / "cart")


def test_that_a_run_that_cannot_be_saved_stays_and_the_other_one_is_not_opened(
    front: Front, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: MadeRun) -> None:
        raise OSError("no room")

    front.open_made(tmp_path / "walker")
    with monkeypatch.context() as patch:
        patch.setattr(MadeRun, "save", fail)
        answer_question("Save and stop")
        front.flow.open(made_request(tmp_path / "cart"))
        front.bot.waitUntil(lambda: any("no room" in text for text in front.banners), timeout=PATIENCE_MS)
    assert front.status.folder == tmp_path / "walker"
    answer_question("Close anyway")
    front.trigger("file.close")
    front.wait_for_home()
    front.bot.wait(50)
    assert not front.window.has_run


def test_that_a_training_left_to_a_process_is_left_to_it_even_if_a_signal_hurries_the_end(
    front: Front, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    left: list[str] = []
    monkeypatch.setattr(front.flow.without_window, "hand_over", lambda closed: left.append(closed.status.folder.name))
    front.open_made(tmp_path / "walker")
    front.window.close_run(hand_over=True)
    front.window.leave(insist=True)  # as a signal does
    front.bot.waitUntil(lambda: not front.window.isVisible(), timeout=PATIENCE_MS)
    assert left == ["walker"]


def test_that_stop_offers_to_start_again_or_to_go_back_to_all_runs(front: Front, tmp_path: Path) -> None:
    front.open_made(tmp_path / "walker")

    def press(text: str) -> None:
        front.bot.waitUntil(lambda: front.banners == ["Stopped at update 5, saved."], timeout=PATIENCE_MS)
        (banner,) = front.window.banners.banners
        next(button for button in banner.findChildren(QPushButton) if button.text() == text).click()

    front.trigger("run.stop")
    press("Start again")
    front.wait_for_state(State.RUNNING)
    front.bot.waitUntil(lambda: not front.banners, timeout=PATIENCE_MS)
    front.bot.waitUntil(front.window.action_set["run.stop"].isEnabled, timeout=PATIENCE_MS)
    front.trigger("run.stop")
    press("Back to all runs")
    front.wait_for_home()
    assert not front.banners


def test_that_the_end_of_the_followed_training_is_reported_and_the_run_can_be_trained_here(
    front: Front, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[Path] = []
    monkeypatch.setattr(front.flow, "open_folder", opened.append)
    front.open_made(tmp_path / "walker", paused=True)
    far = OtherTrainer(Owner("far", 12), Life.ALIVE, TrainerState.TRAINING, 400, 16, 1000)

    def publish(trainer: OtherTrainer) -> None:
        mailbox = front.window.run.session.status
        mailbox.put(dataclasses.replace(mailbox.get(), trainer=trainer))
        front.window.run.tick()

    stopped = dataclasses.replace(far, life=Life.ENDED, state=TrainerState.STOPPED)
    publish(stopped)  # as it was when the window opened the run
    assert front.banners == []
    publish(far)
    publish(dataclasses.replace(far, state=TrainerState.FAILED, error="no GPU"))
    told = "Process 12 on far has failed at step 400 of 1,000, update 16: no GPU."
    assert front.banners == [f"{told} The window keeps showing the newest weights."]
    (banner,) = front.window.banners.banners
    assert "Train it here" not in [button.text() for button in banner.findChildren(QPushButton)]  # it has the lock
    publish(far)
    assert front.banners == []
    publish(stopped)
    (banner,) = front.window.banners.banners
    next(button for button in banner.findChildren(QPushButton) if button.text() == "Train it here").click()
    assert opened == [tmp_path / "walker"]


def test_that_closing_the_window_leaves_the_line_that_resumes_the_run(front: Front, tmp_path: Path) -> None:
    front.open_made(tmp_path / "walker")
    front.window.leave()
    front.bot.waitUntil(lambda: not front.window.isVisible(), timeout=PATIENCE_MS)
    assert front.flow.farewell == f"To resume: dreamer-studio --run {tmp_path / 'walker'} --device cpu"


def test_that_the_question_before_closing_has_the_line_that_resumes_the_run(front: Front, tmp_path: Path) -> None:
    front.open_made(tmp_path / "walker")
    lines: list[str] = []

    def stay(_: QWidget, line: str) -> Leave:
        lines.append(line)
        return Leave.STAY

    front.window.run.closing.ask(front.window, stay)
    assert lines == [f"dreamer-studio --run {tmp_path / 'walker'} --device cpu"]


def test_that_a_window_that_closes_on_the_start_page_leaves_no_line_to_resume_a_run(
    front: Front, tmp_path: Path
) -> None:
    front.open_made(tmp_path / "walker", paused=True)
    front.window.close_run()
    front.wait_for_home()
    front.window.close()
    assert front.flow.farewell == "" and front.flow.last is None


def test_that_the_recent_menu_lists_the_runs_that_are_still_there_newest_first(front: Front, tmp_path: Path) -> None:
    front.settings.change(recent=(str(tmp_path / "gone"),))
    for name in ("walker", "cart"):
        front.open_made(tmp_path / name, paused=True)
        front.window.close_run()
        front.wait_for_home()
    menu = front.window.action_set["file.recent"].menu()
    assert isinstance(menu, QMenu)
    assert menu.parentWidget() is front.window  # whose style its tooltips have
    menu.aboutToShow.emit()
    assert [action.text() for action in menu.actions()] == ["&1 cart", "&2 walker", "", "Clear the list"]
    menu.actions()[-1].trigger()
    menu.aboutToShow.emit()
    assert [action.text() for action in menu.actions()] == ["No run yet"]


def test_that_a_path_that_is_not_a_run_is_a_banner_and_the_open_run_stays(front: Front, tmp_path: Path) -> None:
    front.open_made(tmp_path / "walker", paused=True)
    (tmp_path / "empty").mkdir()
    front.flow.open_path(tmp_path / "empty")
    front.flow.open_path(tmp_path / "nowhere")
    assert front.banners == [
        f"{tmp_path / 'empty'} is not a run: it has no config.json.",
        "nowhere is neither the folder of a run, nor a scene, nor a film.",
    ]
    assert front.status.folder == tmp_path / "walker"


def test_that_a_run_is_opened_by_dropping_its_folder_or_a_part_of_it_on_the_window(
    front: Front, tmp_path: Path
) -> None:
    made_request(tmp_path / "walker")
    front.drop(tmp_path / "walker" / "checkpoints")
    front.wait_until_open(tmp_path / "walker")


def test_that_a_dropped_scene_is_requested_for_a_dream_once_a_run_is_open(front: Front, tmp_path: Path) -> None:
    scene = tmp_path / "fall.scene.npz"
    front.drop(scene)
    assert front.banners == ["Open a run first: a model dreams from the scene fall.scene.npz."]
    front.open_made(tmp_path / "walker", paused=True)
    wanted: list[object] = []
    front.window.run.docks.replay.dreamWanted.connect(wanted.append)
    front.drop(scene)
    (frame,) = wanted
    assert isinstance(frame, FrameRef) and str(scene) in str(frame)


def test_that_a_run_that_another_process_trains_can_be_watched_instead(
    front: Front, opened_runs: list[tuple[Path, bool]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made_request(tmp_path / "walker")
    monkeypatch.setattr(run_flow, "find_holder", lambda _: Holder(4242, "", 0.0, True))
    asked = answer_question("Cancel")
    front.flow.open_folder(tmp_path / "walker")
    assert asked == ["walker is training already"] and not opened_runs
    answer_question("Watch it")
    front.flow.open_folder(tmp_path / "walker")
    front.wait_until_open(tmp_path / "walker")
    assert opened_runs == [(tmp_path / "walker", True)]


def test_that_a_question_shows_a_command_in_full_that_can_be_selected_and_copied(front: Front) -> None:
    line = "dreamer-studio --run '/home/somebody/with a long name/.local/share/dreamer-studio/runs/walker-12'"
    question = Question(front.window, "Close?", "A checkpoint is saved.", [Answer("Save")], line)
    question.show()
    (field,) = question.findChildren(QLineEdit)
    field.selectAll()
    assert field.selectedText() == line and field.isReadOnly()
    assert field.width() >= field.fontMetrics().horizontalAdvance(line)
    next(button for button in question.findChildren(QPushButton) if button.text() == "Copy").click()
    assert QGuiApplication.clipboard().text() == line
    question.close()
    question.deleteLater()


class LockedFlow(MadeFlow):
    """Opens runs that another process trains; they can be watched."""

    def make_session(self, request: OpenRequest) -> Session:
        folder = request.plan_for("cpu").folder.path
        if request.arguments[-1] == "--watch":
            return super().make_session(request)

        def opener() -> NoReturn:
            raise RunLockedError(f"{folder.name} is being trained by process 4242")

        return Session(opener, small_config(), folder, "cpu")


@pytest.mark.parametrize("answer", ["Watch it", "Open another"])
def test_that_the_banner_of_a_locked_run_offers_to_watch_it_or_to_open_another(
    answer: str, theme: Theme, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def existing_run(folder: Path, **_: object) -> OpenRequest:
        return dataclasses.replace(made_request(folder), arguments=("--run", str(folder), "--watch"))

    monkeypatch.setattr(run_flow, "existing_run", existing_run)
    front = open_front(theme, qtbot, tmp_path, LockedFlow)
    front.flow.open(made_request(tmp_path / "walker"))
    qtbot.waitUntil(lambda: bool(front.banners), timeout=PATIENCE_MS)
    assert front.banners == ["Training did not start. walker is being trained by process 4242."]
    (banner,) = front.window.banners.banners
    next(button for button in banner.findChildren(QPushButton) if button.text() == answer).click()
    if answer == "Watch it":
        front.wait_until_open(tmp_path / "walker")
    else:
        front.wait_for_home()
        assert not front.window.has_run
    assert not front.banners
    front.leave()


def test_that_a_run_whose_task_runs_code_is_opened_only_if_the_user_trusts_it(
    front: Front, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trusted: list[str | None] = []

    def existing_run(folder: Path, *, trusted_task: str | None, **_: object) -> OpenRequest:
        trusted.append(trusted_task)
        return made_request(folder)

    monkeypatch.setattr(run_flow, "existing_run", existing_run)
    RunFolder(tmp_path / "stranger").make()
    task = "gym:somebodys_module:Pendulum-v1"
    write_config(dataclasses.replace(small_config(), task=task), tmp_path / "stranger" / "config.json")
    asked = answer_question("Cancel")
    front.flow.open_folder(tmp_path / "stranger")
    assert asked == ["Do you trust the run stranger?"] and not trusted and not front.window.has_run
    answer_question("Open it")
    front.flow.open_folder(tmp_path / "stranger")
    assert trusted == [task]
    front.wait_until_open(tmp_path / "stranger")
