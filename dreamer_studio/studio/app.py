"""The application: from a request to a window, and from its closing to an exit code."""

from __future__ import annotations

import contextlib
import functools
import logging
import os
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

if sys.platform == "win32":
    import torch  # noqa: F401  (fails after PySide6 on Windows; elsewhere torch loads after the window opens)

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication

from dreamer_studio.config import ConfigError
from dreamer_studio.library.roots import default_root, settings_path
from dreamer_studio.runs.errors import InputError
from dreamer_studio.studio.shell.flow.instances import START_PAGE, Instance, raise_window_of
from dreamer_studio.studio.shell.flow.loading_ahead import LoadingAhead
from dreamer_studio.studio.shell.flow.pages import Pages
from dreamer_studio.studio.shell.flow.requests import OpenRequest
from dreamer_studio.studio.shell.flow.run_flow import RunFlow
from dreamer_studio.studio.shell.old_settings import read_old_settings
from dreamer_studio.studio.shell.palette.palette import CommandPalette
from dreamer_studio.studio.shell.screen import ScreenWatch, check_screen
from dreamer_studio.studio.shell.settings import SettingsFile
from dreamer_studio.studio.shell.uncaught import UncaughtErrors
from dreamer_studio.studio.shell.window import StudioWindow
from dreamer_studio.studio.theme import apply_theme
from dreamer_studio.system.app_log import LogBook
from dreamer_studio.system.desktop import NAME
from dreamer_studio.system.ending import ending_in_order

if TYPE_CHECKING:
    from dreamer_studio.runs.planning import RunPlan

ABANDONED = 1  # exit code if the user did not wait for the checkpoint
IMAGE_ENDINGS = (".png", ".jpg")
POLL_SECONDS = 0.02
PULSE_MS = 100

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class WindowOptions:
    """How the window opens and closes.

    Attributes:
        device: where runs compute: "auto", "cpu", "cuda" or "mps".
        new_window: whether to open a window even if another window shows the requested run or page.
        safe_mode: whether to use the default theme and layout, save no settings, and look for no other window.
        screenshot: path of an image of the window, saved just before the window closes.
        quit_after: seconds after which the window closes by itself, without asking.
    """

    device: str
    new_window: bool = False
    safe_mode: bool = False
    screenshot: Path | None = None
    quit_after: float | None = None

    @property
    def shared(self) -> bool:
        """Return whether this window and other starts find each other. A script gets a window of its own."""
        return not self.safe_mode and self.screenshot is None and self.quit_after is None


def run_window(request: OpenRequest | None, log: LogBook, options: WindowOptions) -> int:
    """Open the window on a run, or on the start page, and return when the window has closed.

    Args:
        request: the run; None for the start page.
        log: the program's log, for the diagnostics that the user can copy.
        options: how the window opens and closes.

    Returns:
        The exit code: 0, or 1 if the training had failed when the window closed, or the screenshot could not be saved.
        If the user does not wait for the end of closing, or on a second signal, the process ends inside this call.

    Raises:
        InputError: there is no such device, no screen, or the screenshot cannot be saved there.
        UnknownTaskError, EnvUnavailableError, DeviceError, ConfigError: the run cannot be trained here; the window has
            shown the reason in a banner.
        Exception: any exception of the plan of `request`.
    """
    plan = request.plan_for(options.device) if request is not None else None
    if options.screenshot is not None:
        _check_image(options.screenshot)
    if options.shared and not options.new_window and _is_on_show_already(plan):
        return 0
    check_screen()
    taken: list[bool] = []
    settings = SettingsFile(None) if options.safe_mode else SettingsFile(settings_path(), read_old_settings)
    with ScreenWatch() as screen, _application() as application:
        theme = apply_theme(application, settings.current.theme)
        window = StudioWindow(theme, settings, log.last_news)
        base = default_root()
        flow = RunFlow(window, settings, options.device, base, shared=options.shared)
        pages = Pages(theme, window, settings, base, flow)
        palette = CommandPalette(theme, window, settings, base, flow, pages)
        application.aboutToQuit.connect(pages.end)
        application.aboutToQuit.connect(palette.end)
        if request is not None:
            flow.open(request)
        else:
            pages.show_start()
            LoadingAhead(window).start()
        if options.shared:
            instance = Instance(functools.partial(_on_show, window), functools.partial(_come_to_front, window), window)
            application.aboutToQuit.connect(instance.close)
        screen.opened(functools.partial(_end_training, window))
        window.show()
        window.abandoned.connect(lambda: _end_at_once(ABANDONED))
        if options.quit_after is not None:
            QTimer.singleShot(int(options.quit_after * 1000), lambda: window.leave(insist=True))
        if options.screenshot is not None:
            taking = functools.partial(_take_image, window, options.screenshot)
            window.leaving.connect(lambda: taken.append(taking()))
        pulse = QTimer(window)  # Python handles signals only while Python runs, and a page may sleep
        pulse.timeout.connect(lambda: None)
        pulse.start(PULSE_MS)
        leave = functools.partial(window.leave, insist=True)
        with (
            UncaughtErrors(window.banners),
            ending_in_order(leave, lambda number: _end_at_once(128 + number)),
        ):
            code = application.exec()
        window.garbage.stop()
    for farewell in filter(None, (flow.farewell, flow.without_window.farewell)):
        sys.stderr.write(f"{farewell}\n")
    return code or _exit_code(flow, taken)


def _is_on_show_already(plan: RunPlan | None) -> bool:
    """Raise the window that shows the requested run or page, and say so. Return whether there is such a window."""
    if plan is not None and plan.watch:
        return False
    if not raise_window_of(START_PAGE if plan is None else str(plan.folder.path.resolve())):
        return False
    what = "Dreamer Studio" if plan is None else str(plan.folder.path)
    sys.stderr.write(f"{what} is open in a window already, which comes to the front\n")
    return True


def _on_show(window: StudioWindow) -> str | None:
    """Return the path of the run that the window trains, `START_PAGE` if the window shows a page, or None."""
    if not window.has_run:
        return START_PAGE
    status = window.run.session.status.get()
    return None if status.watching or window.run.closing.begun else str(status.folder.resolve())


def _come_to_front(window: StudioWindow) -> None:
    window.setWindowState(window.windowState() & ~Qt.WindowState.WindowMinimized)
    window.raise_()
    window.activateWindow()
    QApplication.alert(window)


def _exit_code(flow: RunFlow, taken: list[bool]) -> int:
    """Return the exit code after the window has closed.

    Raises:
        UnknownTaskError, EnvUnavailableError, DeviceError, ConfigError: the run that was open cannot be trained here.
    """
    failure = flow.last.status.failure if flow.last is not None else None
    if failure is not None:
        from dreamer_studio.envs import EnvUnavailableError, UnknownTaskError  # noqa: PLC0415  (not needed for a page)
        from dreamer_studio.training.errors import DeviceError  # noqa: PLC0415  (not needed for a page)

        if isinstance(failure.error, UnknownTaskError | EnvUnavailableError | DeviceError | ConfigError):
            raise failure.error
    return int(failure is not None or not all(taken))


@contextlib.contextmanager
def _application() -> Iterator[QApplication]:
    application = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(application, QApplication)
    application.setApplicationName(NAME)
    application.setDesktopFileName(NAME)
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


def _end_training(window: StudioWindow) -> str:
    """Save and end the training without the window, and return the outcome as text."""
    if not window.trains:
        return "Nothing was running."
    from dreamer_studio.runs.planning import resume_line  # noqa: PLC0415  (loaded, because a run is open)
    from dreamer_studio.session import CommandRefusedError, Quit  # noqa: PLC0415  (loaded, because a run is open)

    session = window.run.session
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
    return f"{said}. To resume: {resume_line(status.folder, status.config, device=session.device)}"


def _end_at_once(code: int) -> NoReturn:
    """End the process without waiting for threads. Files are whole at every moment, and guards end the environments."""
    _log.warning("ended at once, before all was saved")
    os._exit(code)
