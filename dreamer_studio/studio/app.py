"""The application: from a plan to a window, and from its closing to an exit code."""

from __future__ import annotations

import contextlib
import functools
import logging
import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

if sys.platform == "win32":
    import torch  # noqa: F401  (fails after PySide6 on Windows; elsewhere torch loads after the window opens)

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from dreamer_studio.config import ConfigError
from dreamer_studio.envs import EnvUnavailableError, Interruption, UnknownTaskError
from dreamer_studio.runs.errors import InputError
from dreamer_studio.runs.planning import RunPlan, resume_line
from dreamer_studio.session import CommandRefusedError, Quit, Session
from dreamer_studio.studio.shell.old_settings import read_old_settings
from dreamer_studio.studio.shell.screen import ScreenWatch, check_screen
from dreamer_studio.studio.shell.settings import SettingsFile, settings_path
from dreamer_studio.studio.shell.uncaught import UncaughtErrors
from dreamer_studio.studio.shell.window import StudioWindow
from dreamer_studio.studio.theme import apply_theme
from dreamer_studio.system.app_log import LogBook
from dreamer_studio.system.ending import ending_in_order
from dreamer_studio.system.loading import collector_at_rest
from dreamer_studio.training.errors import DeviceError

if TYPE_CHECKING:
    from dreamer_studio.training.trainer import Trainer
    from dreamer_studio.training.watching import WatchedRun

ABANDONED = 1  # exit code if the user did not wait for the checkpoint
REFUSALS = (UnknownTaskError, EnvUnavailableError, DeviceError, ConfigError)
IMAGE_ENDINGS = (".png", ".jpg")
POLL_SECONDS = 0.02

_log = logging.getLogger(__name__)


def run_window(
    plan_for: Callable[[str], RunPlan],
    device: str,
    log: LogBook,
    *,
    paused: bool = False,
    safe_mode: bool = False,
    screenshot: Path | None = None,
    quit_after: float | None = None,
) -> int:
    """Open the window on a run and return when the window has closed.

    Args:
        plan_for: returns the plan for a kind of device; equal arguments give equal plans.
        device: where to compute: "auto", "cpu", "cuda" or "mps".
        log: the program's log, for the diagnostics that the user can copy.
        paused: whether to wait for the user before training or playing.
        safe_mode: whether to use the default theme and layout, and to save no settings.
        screenshot: path of an image of the window, saved just before the window closes.
        quit_after: seconds after which the window closes by itself, without asking.

    Returns:
        The exit code: 0, or 1 if the training had failed when the window closed, or the screenshot could not be saved.
        If the user does not wait for the end of closing, or on a second signal, the process ends inside this call.

    Raises:
        InputError: there is no such device, no screen, or the screenshot cannot be saved there.
        UnknownTaskError, EnvUnavailableError, DeviceError, ConfigError: the run cannot be trained here; the window has
            shown the reason in a banner.
        Exception: any exception of `plan_for`.
    """
    plan = plan_for(device)
    check_screen()
    if screenshot is not None:
        _check_image(screenshot)
    interruption = Interruption()
    session = Session(
        lambda: open_run(plan_for, device, interruption),
        plan.config,
        plan.folder.path,
        device,
        paused=paused,
        interruption=interruption,
    )
    taken: list[bool] = []
    settings = SettingsFile(None) if safe_mode else SettingsFile(settings_path(), read_old_settings)
    with ScreenWatch() as screen, _application() as application:
        window = StudioWindow(apply_theme(application, settings.current.theme), settings, log.last_news)
        window.open_run(session)
        screen.opened(functools.partial(_end_training, session, window))
        window.show()
        window.abandoned.connect(lambda: _end_at_once(ABANDONED))
        if quit_after is not None:
            QTimer.singleShot(int(quit_after * 1000), lambda: window.leave(insist=True))
        if screenshot is not None:
            window.leaving.connect(lambda: taken.append(_take_image(window, screenshot)))
        # Python handles signals only when the window's clock ticks.
        leave = functools.partial(window.leave, insist=True)
        with (
            UncaughtErrors(window.banners),
            ending_in_order(leave, lambda number: _end_at_once(128 + number)),
        ):
            code = application.exec()
    failure = session.status.get().failure
    if failure is not None and isinstance(failure.error, REFUSALS):
        raise failure.error
    return code or int(failure is not None or not all(taken))


def open_run(
    plan_for: Callable[[str], RunPlan], device: str, interruption: Interruption | None = None
) -> Trainer | WatchedRun:
    """Load torch in the calling thread, which will train or play, and open the run; `interruption` ends its waits."""
    with collector_at_rest():
        from dreamer_studio.training import opening, watching  # noqa: PLC0415  (seconds)

    where = opening.choose_device(device)
    plan = plan_for(where.type)
    if plan.watch:
        return watching.open_watched(plan.folder, where, interruption)
    return opening.open_planned(plan, where, interruption)


@contextlib.contextmanager
def _application() -> Iterator[QApplication]:
    application = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(application, QApplication)
    application.setApplicationName("dreamer-studio")
    yield application


def _check_image(path: Path) -> None:
    if path.suffix.lower() not in IMAGE_ENDINGS:
        raise InputError(f"--screenshot takes a file that ends in {' or '.join(IMAGE_ENDINGS)}, not {path.name!r}")
    if not path.absolute().parent.is_dir():
        raise InputError(f"--screenshot: there is no folder {path.absolute().parent}")


def _take_image(window: StudioWindow, path: Path) -> bool:
    saved = window.grab().save(str(path))
    if not saved:
        sys.stderr.write(f"dreamer-studio: the image could not be written to {path}\n")
    return saved


def _end_training(session: Session, window: StudioWindow) -> str:
    """Save and end the training without the window, and return the outcome as text."""
    if not window.trains:
        return "Nothing was running."
    try:
        said = session.submit(Quit()).result()
    except CommandRefusedError:
        said = "The run was closing already"
    except Exception as error:
        said = f"No checkpoint can be written, so everything learned since the last one is lost: {error}"
        session.submit(Quit(save=False))
    while window.trains:
        time.sleep(POLL_SECONDS)
    status = session.status.get()
    return f"{said}. To resume: {resume_line(status.folder, status.config)}"


def _end_at_once(code: int) -> NoReturn:
    """End the process without waiting for threads. Files are whole at every moment, and guards end the environments."""
    _log.warning("ended at once, before all was saved")
    os._exit(code)
