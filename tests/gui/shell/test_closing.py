"""Closing the window: from every state, while environments hang, and a second time."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NoReturn

import psutil
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QMessageBox
from pytestqt.qtbot import QtBot

from dreamer_studio.runs.checkpoint import list_checkpoints, load_checkpoint
from dreamer_studio.session import Pause, State, Stop
from dreamer_studio.studio.shell.help import show_help
from dreamer_studio.studio.theme import Theme
from dreamer_studio.studio.widgets.banner import BannerStack
from dreamer_studio.training.trainer import Trainer
from tests.support.dream_workspace import DreamDriver
from tests.support.slow_save import HANG_SECONDS, SlowSave
from tests.support.small_runs import small_config
from tests.support.studio import PATIENCE_MS, Studio, open_studio

TIRED, SLEEPER = (f"gym:tests.support.faulty:{name}-v0" for name in ("Tired", "Sleeper"))
Opener = Callable[..., Studio]


@pytest.fixture
def opened(theme: Theme, qtbot: QtBot, tmp_path: Path) -> Iterator[Opener]:
    """Opens a studio; whatever the test leaves open is closed after it."""
    studios: list[Studio] = []

    def open_one(*, paused: bool = False, task: str = "gym:Pendulum-v1", **settings: object) -> Studio:
        config = small_config(task, **{"steps": 100_000, "env_timeout": HANG_SECONDS, **settings})
        studios.append(open_studio(theme, qtbot, config, tmp_path / "run", paused=paused))
        return studios[-1]

    yield open_one
    for studio in studios:
        studio.leave()


def wait_until_closed(studio: Studio) -> None:
    studio.bot.waitUntil(lambda: not studio.window.isVisible(), timeout=PATIENCE_MS)
    assert studio.status.state is State.CLOSED


def steps_saved(studio: Studio) -> int:
    (newest,) = list_checkpoints(studio.status.folder / "checkpoints")[-1:]
    checkpoint = load_checkpoint(newest, "cpu")
    assert checkpoint.episode is not None
    return checkpoint.episode.total_steps


@pytest.mark.parametrize("command", [Pause(), Stop(), None], ids=["paused", "stopped", "finished"])
def test_that_the_window_closes_from_states_in_which_nothing_runs(opened: Opener, command: Pause | Stop | None) -> None:
    studio = opened(**({} if command else {"steps": 120}))
    studio.wait_for(lambda status: status.update > 0)
    if command is not None:
        studio.session.submit(command)
    studio.wait_for(lambda status: status.state in {State.PAUSED, State.STOPPED, State.FINISHED})
    studio.window.leave()
    wait_until_closed(studio)
    assert list_checkpoints(studio.status.folder / "checkpoints")


def test_that_the_window_closes_while_the_environment_hangs_and_saves_all_steps_before(opened: Opener) -> None:
    studio = opened(task=TIRED)
    studio.wait_for(lambda status: status.episode_step == 24)
    studio.window.leave()
    wait_until_closed(studio)
    assert steps_saved(studio) == 24


def test_that_the_window_closes_while_the_environment_does_not_start(opened: Opener) -> None:
    studio = opened(task=SLEEPER)
    before = psutil.Process().children(recursive=True)
    studio.bot.waitUntil(lambda: len(psutil.Process().children(recursive=True)) > len(before), timeout=PATIENCE_MS)
    studio.window.leave()
    wait_until_closed(studio)
    assert studio.status.failure is None and not studio.status.folder.exists()


@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="there is no stopping a process there")
def test_that_the_window_closes_while_the_twin_hangs(opened: Opener) -> None:
    studio = opened()
    studio.wait_for(lambda status: status.update > 2)
    studio.session.submit(Pause())
    studio.wait_for_state(State.PAUSED)
    before = set(psutil.Process().children(recursive=True))
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
    studio.window.leave()
    wait_until_closed(studio)
    assert not twin.is_running()


def questions(studio: Studio) -> list[QMessageBox]:
    return [box for box in studio.window.findChildren(QMessageBox) if box.isVisible()]


def test_that_closing_again_while_it_saves_offers_to_leave_at_once_and_the_end_needs_no_answer(
    opened: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    studio, abandoned = opened(), []
    studio.window.abandoned.connect(lambda: abandoned.append(True))
    studio.wait_for(lambda status: status.update > 0)
    slow = SlowSave(monkeypatch)
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
    assert list_checkpoints(studio.status.folder / "checkpoints")


def test_that_dialogs_do_not_keep_the_program_from_ending(opened: Opener) -> None:
    studio = opened()
    studio.wait_for(lambda status: status.update > 0)
    show_help(studio.window)
    studio.bot.waitUntil(lambda: QApplication.activeModalWidget() is not None, timeout=PATIENCE_MS)
    studio.window.leave(insist=True)  # as a signal does
    wait_until_closed(studio)
    assert QApplication.activeModalWidget() is None


def test_that_after_a_checkpoint_could_not_be_written_training_can_go_on_and_closing_saves_again(
    opened: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    studio = opened()
    studio.wait_for(lambda status: status.update > 0)

    def fail(_: Trainer) -> NoReturn:
        raise OSError("no room")

    with monkeypatch.context() as patch:
        patch.setattr(Trainer, "save", fail)
        studio.window.leave()
        stack = studio.window.findChildren(BannerStack)[0]
        studio.bot.waitUntil(lambda: bool(stack.banners), timeout=PATIENCE_MS)
    reached = studio.status.update
    studio.bot.waitUntil(studio.window.controls.start.isEnabled, timeout=PATIENCE_MS)
    studio.bot.keyClick(studio.window, Qt.Key.Key_F5)  # which starts an environment anew
    studio.wait_for(lambda status: status.update > reached)
    studio.window.leave()
    wait_until_closed(studio)
    assert list_checkpoints(studio.status.folder / "checkpoints")
