"""The application: from a plan to a window, and from its closing to an exit code."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch  # before PySide6: on Windows the other order fails
from PySide6.QtCore import QSettings, QTimer
from PySide6.QtWidgets import QApplication

from dreamer_studio.config import DEFAULT_TASK
from dreamer_studio.session import Session
from dreamer_studio.studio.inspector import Inspector
from dreamer_studio.studio.theme import apply_theme
from dreamer_studio.studio.window import StudioWindow
from dreamer_studio.training.errors import InputError
from dreamer_studio.training.opening import RunPlan, open_trainer

ORGANISATION = "dreamer-studio"


def run_window(
    plan: RunPlan,
    device: torch.device,
    *,
    paused: bool = False,
    screenshot: Path | None = None,
    quit_after: float | None = None,
) -> int:
    """Open the window on a run and stay until it is closed.

    Args:
        plan: which run, and its configuration.
        device: where to compute.
        paused: whether to wait for the person before training.
        screenshot: a picture of the window is saved there just before it closes.
        quit_after: seconds after which it closes by itself, without asking.

    Returns:
        the exit code.

    Raises:
        InputError: there is no screen.
        UnknownTaskError, EnvUnavailableError: the task cannot be trained here.
    """
    _check_screen()
    application = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(application, QApplication)
    application.setApplicationName("dreamer-studio")
    application.setOrganizationName(ORGANISATION)
    settings = QSettings()
    scheme = settings.value("theme", "system")
    theme = apply_theme(application, scheme if scheme in {"light", "dark"} else "system")
    session = Session(
        lambda: open_trainer(plan.folder, plan.config, device),
        plan.config,
        plan.folder.path,
        str(device),
        paused=paused,
    )
    window = StudioWindow(theme, session, Inspector(session, device), settings)
    window.show()
    window.begin()
    if quit_after is not None:
        QTimer.singleShot(int(quit_after * 1000), lambda: _finish(window, screenshot))
    elif screenshot is not None:
        application.aboutToQuit.connect(lambda: window.grab().save(str(screenshot)))
    with _closing_on_signals(window):
        code = application.exec()
    if window.refusal is not None:
        raise window.refusal
    return code


def _check_screen() -> None:
    """Without a screen Qt ends the process; say what to do instead."""
    screens = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    if sys.platform == "linux" and not any(os.environ.get(name) for name in screens):
        raise InputError(
            "there is no screen (neither DISPLAY nor WAYLAND_DISPLAY is set); dreamer-studio train --task "
            f"{DEFAULT_TASK} trains without one"
        )


def _finish(window: StudioWindow, screenshot: Path | None) -> None:
    if screenshot is not None:
        screenshot.parent.mkdir(parents=True, exist_ok=True)
        window.grab().save(str(screenshot))
    window.leave()


@contextlib.contextmanager
def _closing_on_signals(window: StudioWindow) -> Iterator[None]:
    """Ctrl+C and SIGTERM close the window as a person would; its clock lets Python see them."""
    before: dict[signal.Signals, Any] = {}
    for number in (signal.SIGINT, signal.SIGTERM):
        before[number] = signal.signal(number, lambda *_: window.leave())
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
