"""The first seconds: the window is drawn before anything is computed."""

from __future__ import annotations

import functools
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import pytest
import torch
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from dreamer_studio.config import DEFAULT_TASK
from dreamer_studio.envs import EnvUnavailableError
from dreamer_studio.runs.errors import RunLockedError
from dreamer_studio.runs.planning import plan_run
from dreamer_studio.session import Session, State
from dreamer_studio.studio.shell.flow.sessions import open_run
from dreamer_studio.studio.shell.run_view import NOT_LOADED
from dreamer_studio.studio.shell.settings import SettingsFile
from dreamer_studio.studio.shell.window import StudioWindow
from dreamer_studio.studio.theme import Theme
from dreamer_studio.studio.widgets.banner import BannerStack
from dreamer_studio.training import opening
from dreamer_studio.training.errors import DeviceError
from tests.support.small_runs import small_config
from tests.support.studio import PATIENCE_MS, Studio


class OpenedError(Exception):
    """Raised in place of opening the training."""


class PaintCount(QObject):
    """Counts the images of a window."""

    count = 0

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        self.count += event.type() is QEvent.Type.Paint
        return super().eventFilter(watched, event)


OpenWindow = Callable[[Callable[[], NoReturn]], Studio]


@pytest.fixture
def open_window(theme: Theme, qtbot: QtBot, tmp_path: Path) -> OpenWindow:
    """Return a function that makes a window, neither shown nor begun, on a training with this opener."""

    def opened(opener: Callable[[], NoReturn]) -> Studio:
        session = Session(opener, small_config(), tmp_path / "run", "cpu")
        settings = SettingsFile(tmp_path / "settings.json")
        window = StudioWindow(theme, settings)
        window.open_run(session, begin=False)
        return Studio(window, session, qtbot)

    return opened


def test_that_importing_the_window_imports_no_heavy_package() -> None:
    heavy = ("torch", "tensorboard", "safetensors", "gymnasium", "dm_control", "PIL", "imageio", "pyqtgraph")
    of_a_run = ("dreamer_studio.session", "dreamer_studio.studio.workspaces", "dreamer_studio.studio.shell.run_view")
    script = (
        "import sys\nimport dreamer_studio.studio.app\n"
        f"print([name for name in {heavy + of_a_run!r} if name in sys.modules], 'PySide6.QtWidgets' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.split("\n")[0] == "[] True"


def test_that_the_device_that_torch_finds_decides_the_preset(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    opened: list[tuple[str, torch.device]] = []
    monkeypatch.setattr(opening, "choose_device", lambda asked: torch.device({"auto": "cuda"}[asked]))
    monkeypatch.setattr(
        opening, "open_trainer", lambda _, config, device, *_more: opened.append((config.preset, device))
    )
    plan_for = functools.partial(plan_run, None, base=tmp_path, task=DEFAULT_TASK)
    open_run(lambda device: plan_for(device=device), "auto")
    assert opened == [("paper", torch.device("cuda"))]


def test_that_the_window_is_drawn_before_its_training_is_opened(open_window: OpenWindow) -> None:
    paints, seen = PaintCount(), []

    def opener() -> NoReturn:
        seen.append((paints.count, studio.status.state))
        raise OpenedError

    studio = open_window(opener)
    studio.window.installEventFilter(paints)
    studio.window.show()
    studio.window.run.begin()
    assert not seen and "Starting" in {label.text() for label in studio.window.findChildren(QLabel)}
    studio.wait_for_state(State.FAILED)
    ((drawn, state),) = seen
    assert drawn > 0 and state is State.OPENING
    studio.leave()


def test_that_a_window_that_is_never_drawn_still_opens_its_training(open_window: OpenWindow) -> None:
    def opener() -> NoReturn:
        raise OpenedError

    studio = open_window(opener)
    studio.window.run.begin()
    studio.wait_for_state(State.FAILED)
    studio.window.show()
    studio.leave()


@pytest.mark.parametrize("leave", [StudioWindow.leave, StudioWindow.close])
def test_that_a_window_that_is_closed_at_once_opens_no_training(
    open_window: OpenWindow, leave: Callable[[StudioWindow], object], qtbot: QtBot
) -> None:
    opened: list[str] = []

    def opener() -> NoReturn:
        opened.append("opened")
        raise OpenedError

    studio = open_window(opener)
    studio.window.show()
    studio.window.run.begin()
    leave(studio.window)
    qtbot.waitUntil(lambda: not studio.window.isVisible(), timeout=PATIENCE_MS)
    qtbot.wait(50)
    assert not opened
    studio.leave()


@pytest.mark.parametrize(
    "refusal",
    [
        DeviceError("device 'cuda' is not available; available here: cpu"),
        EnvUnavailableError("gym:Blind-v0 cannot be learned from images: the image is None"),
    ],
)
def test_that_a_training_that_cannot_start_is_a_banner_with_the_reason(
    refusal: Exception, open_window: OpenWindow, qtbot: QtBot
) -> None:
    def opener() -> NoReturn:
        raise refusal

    studio = open_window(opener)
    studio.window.show()
    studio.window.run.begin()
    stack = studio.window.findChildren(BannerStack)[0]
    qtbot.waitUntil(lambda: bool(stack.banners), timeout=PATIENCE_MS)
    assert stack.banners[0].text == f"Training did not start. {refusal}"
    qtbot.wait(100)
    assert studio.window.isVisible()
    studio.leave()


def test_that_a_run_that_another_process_trains_is_a_banner_and_start_tries_again(
    open_window: OpenWindow, qtbot: QtBot
) -> None:
    tried: list[str] = []

    def opener() -> NoReturn:
        tried.append("tried")
        raise RunLockedError("the run is being trained by process 4242", "type this command")

    studio = open_window(opener)
    studio.window.show()
    studio.window.run.begin()
    stack = studio.window.findChildren(BannerStack)[0]
    qtbot.waitUntil(lambda: bool(stack.banners), timeout=PATIENCE_MS)
    assert stack.banners[0].text == "Training did not start. the run is being trained by process 4242."
    (words,) = (label for label in studio.window.findChildren(QLabel) if label.text() == NOT_LOADED)
    assert words.isVisible() and not studio.window.run.tabs.isVisible()
    assert not studio.window.action_set["run.save"].isEnabled()
    qtbot.waitUntil(studio.window.controls.start.isEnabled, timeout=PATIENCE_MS)
    qtbot.keyClick(studio.window, Qt.Key.Key_F5)
    qtbot.waitUntil(lambda: len(tried) == 2, timeout=PATIENCE_MS)
    studio.leave()
