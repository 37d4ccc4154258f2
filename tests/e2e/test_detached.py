"""A training that the window leaves: it goes on as a process of its own, is watched, and is stopped from the page."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from dreamer_studio.runs.checkpoint_names import list_checkpoints
from dreamer_studio.runs.folder import RunFolder
from dreamer_studio.runs.lock import RunLock, find_holder
from dreamer_studio.runs.planning import RunPlan
from dreamer_studio.session import State
from dreamer_studio.studio.shell.flow.requests import OpenRequest, existing_run
from dreamer_studio.studio.shell.flow.run_flow import RunFlow
from dreamer_studio.studio.theme import Theme
from tests.support.command import PATIENCE
from tests.support.flow import Front, open_front
from tests.support.small_runs import small_config
from tests.support.watching import answer_question
from tests.support.window_fixtures import garbage_ends_here, nothing_is_left_behind, theme  # noqa: F401 - fixtures

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="ends by signal")
PATIENCE_MS = 1000 * PATIENCE


@pytest.fixture
def front(theme: Theme, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Front]:  # noqa: F811
    """Yield a window on its start page. At the end, end the trainings that the window left."""
    monkeypatch.setenv("DREAMER_STUDIO_LOG", "")
    front = open_front(theme, qtbot, tmp_path, RunFlow)
    yield front
    for child in psutil.Process().children():
        if "train" in child.cmdline():
            child.kill()
            child.wait(PATIENCE)
    front.leave()


def train_here(front: Front, folder: Path, task: str = "gym:CartPole-v1") -> None:
    """Begin a real training in the window, and wait for its first update."""
    plan = RunPlan(RunFolder(folder), small_config(task, steps=1_000_000))
    front.flow.open(OpenRequest(lambda _: plan))
    front.bot.waitUntil(lambda: front.window.has_run and front.status.update > 0, timeout=PATIENCE_MS)


def rows(folder: Path) -> int:
    """Return the rows of a run's log."""
    return len(RunFolder(folder).metrics_file.read_text().splitlines())


def process_of(front: Front, folder: Path) -> psutil.Process:
    """Wait for the process that trains a run without a window, and return it."""

    def detached() -> bool:
        holder = find_holder(folder)
        return holder is not None and bool(holder.held) and not holder.ours

    front.bot.waitUntil(detached, timeout=PATIENCE_MS)
    holder = find_holder(folder)
    assert holder is not None
    return psutil.Process(holder.pid)


def test_that_a_training_is_left_without_a_window_watched_and_stopped_with_a_checkpoint(
    front: Front, tmp_path: Path
) -> None:
    run = tmp_path / "run"
    train_here(front, run)
    answer_question("Leave it training")
    front.trigger("file.close")
    front.wait_for_home()
    process = process_of(front, run)
    assert os.getsid(process.pid) == process.pid != os.getsid(0)
    assert front.banners == [
        f"run trains on without a window, as process {process.pid}. Its output is in {run / 'train.log'}."
    ]
    reached = list_checkpoints(run / "checkpoints")[-1].name

    front.flow.open(existing_run(run, base=tmp_path))
    assert not front.window.has_run
    held = f"run is being trained by process {process.pid}, so it cannot be trained here."
    (banner,) = (each for each in front.window.banners.banners if each.text == held)
    next(button for button in banner.findChildren(QPushButton) if button.text() == "Watch it").click()
    front.bot.waitUntil(lambda: front.window.has_run and front.status.state is State.RUNNING, timeout=PATIENCE_MS)
    assert front.status.watching and process.is_running()
    front.trigger("file.close")
    front.wait_for_home()

    written = rows(run)
    front.bot.waitUntil(lambda: rows(run) > written + 1, timeout=PATIENCE_MS)  # it learns
    front.flow.without_window.stop(run)
    assert front.banners[-1] == "run is saving and stopping."
    front.bot.waitUntil(lambda: not process.is_running(), timeout=PATIENCE_MS)
    assert find_holder(run) is None
    assert list_checkpoints(run / "checkpoints")[-1].name > reached
    assert "step" in (run / "train.log").read_text()
    assert not any("does not train" in text for text in front.banners)


def test_that_a_training_left_on_closing_the_window_outlives_it(front: Front, tmp_path: Path) -> None:
    run = tmp_path / "run"
    train_here(front, run)
    asked = answer_question("Leave it training")
    front.window.close()
    front.bot.waitUntil(lambda: not front.window.isVisible(), timeout=PATIENCE_MS)
    process = process_of(front, run)
    assert asked == ["Close while training?"]
    assert front.flow.farewell == (
        f"run trains on without a window, as process {process.pid}. To watch it: "
        f"dreamer-studio --run {run} --device cpu --watch"
    )


def test_that_a_training_that_cannot_go_on_without_a_window_is_a_banner_with_the_reason(
    front: Front, tmp_path: Path
) -> None:
    run = tmp_path / "run"
    train_here(front, run)
    answer_question("Leave it training")
    front.trigger("file.close")
    lock = RunLock(run)
    front.wait_for_home()
    lock.acquire()  # the process needs seconds to load torch, and comes too late
    front.bot.waitUntil(lambda: len(front.banners) == 2, timeout=PATIENCE_MS)
    assert front.banners[1].startswith("run does not train without a window: dreamer-studio: ")
    assert f"is being trained by process {os.getpid()}" in front.banners[1]
    lock.release()


def test_that_stop_ends_neither_an_idle_run_nor_the_run_of_a_window(front: Front, tmp_path: Path) -> None:
    run = tmp_path / "run"
    train_here(front, run)
    front.flow.without_window.stop(run)
    answer_question("Save and stop")
    front.trigger("file.close")
    front.wait_for_home()
    front.flow.without_window.stop(run)
    assert front.banners == [
        f"run is being trained by process {os.getpid()}, which has a window: stop it there.",
        "run is not being trained.",
    ]
