"""Closing the window: in every state, while environments hang, and a second time."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import psutil
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDialog, QMessageBox
from pytestqt.qtbot import QtBot

from dreamer_studio.runs.checkpoint import load_checkpoint
from dreamer_studio.runs.checkpoint_names import list_checkpoints
from dreamer_studio.session import Pause, State, Stop
from dreamer_studio.studio.theme import Theme
from dreamer_studio.studio.widgets.banner import BannerStack
from tests.support.dream_workspace import DreamDriver
from tests.support.made_run import MadeRun, open_made_studio
from tests.support.recorded import record
from tests.support.slow_save import HANG_SECONDS, SlowSave
from tests.support.small_runs import small_config
from tests.support.studio import PATIENCE_MS, Studio, open_studio


@pytest.fixture
def studio(theme: Theme, qtbot: QtBot, tmp_path: Path) -> Iterator[Studio]:
    """Show the window on a made run that plays."""
    studio = open_made_studio(theme, qtbot, tmp_path / "run", paused=False)
    yield studio
    studio.leave()


@pytest.fixture
def hanging(request: pytest.FixtureRequest, theme: Theme, qtbot: QtBot, tmp_path: Path) -> Iterator[Studio]:
    """Show the window on a real run with this environment, in the prefill."""
    config = small_config(f"gym:tests.support.faulty:{request.param}-v0", steps=100_000, env_timeout=HANG_SECONDS)
    studio = open_studio(theme, qtbot, config, tmp_path / "run")
    yield studio
    studio.leave()


def wait_until_closed(studio: Studio) -> None:
    studio.bot.waitUntil(lambda: not studio.window.isVisible(), timeout=PATIENCE_MS)
    assert studio.status.state is State.CLOSED


def steps_saved(studio: Studio) -> int:
    (newest,) = list_checkpoints(studio.status.folder / "checkpoints")[-1:]
    checkpoint = load_checkpoint(newest, "cpu")
    assert checkpoint.episode is not None
    return checkpoint.episode.total_steps


@pytest.fixture
def saves(monkeypatch: pytest.MonkeyPatch) -> list[MadeRun]:
    """Return a list that grows each time that a made run saves."""
    saved: list[MadeRun] = []
    monkeypatch.setattr(MadeRun, "save", lambda run: saved.append(run))  # noqa: PLW0108 - binds as a method
    return saved


@pytest.mark.parametrize("command", [Pause(), Stop()], ids=["paused", "stopped"])
def test_that_the_window_saves_and_closes_while_paused_or_stopped(
    studio: Studio, saves: list[MadeRun], command: Pause | Stop
) -> None:
    studio.wait_for(lambda status: status.episode_step > 0)
    studio.session.submit(command)
    studio.wait_for(lambda status: status.state in {State.PAUSED, State.STOPPED})
    studio.window.leave()
    wait_until_closed(studio)
    assert saves


@pytest.mark.parametrize("hanging", ["Tired"], indirect=True)
def test_that_the_window_closes_while_the_environment_hangs_and_saves_every_step_before(hanging: Studio) -> None:
    studio = hanging
    studio.wait_for(lambda status: status.episode_step == 24)
    studio.window.leave()
    wait_until_closed(studio)
    assert steps_saved(studio) == 24


@pytest.mark.parametrize("hanging", ["Sleeper"], indirect=True)
def test_that_the_window_closes_while_the_environment_hangs_in_its_start(hanging: Studio) -> None:
    studio = hanging
    before = psutil.Process().children(recursive=True)
    studio.bot.waitUntil(lambda: len(psutil.Process().children(recursive=True)) > len(before), timeout=PATIENCE_MS)
    studio.window.leave()
    wait_until_closed(studio)
    assert studio.status.failure is None and not studio.status.folder.exists()


@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="there is no stopping a process there")
def test_that_the_window_closes_while_the_twin_hangs(theme: Theme, qtbot: QtBot, tmp_path: Path) -> None:
    recording = record("gym:Pendulum-v1")
    before = set(psutil.Process().children(recursive=True))
    studio = open_made_studio(theme, qtbot, tmp_path / "run", recording=recording)
    studio.bot.keyClick(studio.window, Qt.Key.Key_D)
    dreams = DreamDriver(studio)
    dreams.answer()
    studio.bot.keyClick(studio.window, Qt.Key.Key_T)
    studio.bot.waitUntil(lambda: studio.channels.twin.result is not None, timeout=PATIENCE_MS)
    guard, twin = sorted(set(psutil.Process().children(recursive=True)) - before, key=psutil.Process.create_time)
    assert twin.parent() == guard
    os.kill(twin.pid, signal.SIGSTOP)
    dreams.pick_stored(0, 3)  # now the twin waits
    dreams.answer()
    studio.leave()
    assert studio.status.state is State.CLOSED and not twin.is_running()


def questions(studio: Studio) -> list[QMessageBox]:
    return [box for box in studio.window.findChildren(QMessageBox) if box.isVisible()]


def test_that_closing_again_during_a_save_offers_to_close_at_once_and_the_question_goes_when_the_save_ends(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    abandoned: list[bool] = []
    studio.window.abandoned.connect(lambda: abandoned.append(True))
    slow = SlowSave(monkeypatch, MadeRun)
    studio.window.leave()
    studio.bot.waitUntil(slow.begun.is_set, timeout=PATIENCE_MS)
    studio.window.close()
    (box,) = questions(studio)
    assert box.text() == "Still saving and closing. Close at once?"
    studio.bot.mouseClick(next(one for one in box.buttons() if one.text() == "Wait"), Qt.MouseButton.LeftButton)
    assert not abandoned and studio.window.isVisible()
    studio.window.close()
    (box,) = questions(studio)
    at_once = next(one for one in box.buttons() if one.text() == "Close at once")
    studio.bot.mouseClick(at_once, Qt.MouseButton.LeftButton)
    assert abandoned == [True]
    studio.window.close()  # the question is on show when all has ended
    slow.may_end.set()
    wait_until_closed(studio)
    assert not questions(studio)
    assert slow.ended.is_set()


def test_that_an_open_dialog_does_not_keep_the_program_from_ending(studio: Studio) -> None:
    QDialog(studio.window).open()
    studio.bot.waitUntil(lambda: QApplication.activeModalWidget() is not None, timeout=PATIENCE_MS)
    studio.window.leave(insist=True)  # as a signal does
    wait_until_closed(studio)
    assert QApplication.activeModalWidget() is None


def test_that_a_run_whose_checkpoint_could_not_be_written_can_continue_and_is_saved_on_closing(
    studio: Studio, saves: list[MadeRun], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: MadeRun) -> NoReturn:
        raise OSError("no room")

    with monkeypatch.context() as patch:
        patch.setattr(MadeRun, "save", fail)
        studio.window.leave()
        stack = studio.window.findChildren(BannerStack)[0]
        studio.bot.waitUntil(lambda: bool(stack.banners), timeout=PATIENCE_MS)
    reached = studio.status.step
    studio.bot.waitUntil(studio.window.controls.start.isEnabled, timeout=PATIENCE_MS)
    studio.bot.keyClick(studio.window, Qt.Key.Key_F5)
    studio.wait_for(lambda status: status.step > reached)
    assert studio.window.isVisible() and not saves
    studio.window.leave()
    wait_until_closed(studio)
    assert saves
