"""The screen: whether there is one, and how the training is saved if the screen disappears."""

from __future__ import annotations

import ctypes
import logging
import os
import re
import sys
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Final, Self

from PySide6.QtCore import QMessageLogContext, QtMsgType, qFormatLogMessage, qInstallMessageHandler

from dreamer_studio.config import DEFAULT_TASK
from dreamer_studio.runs.errors import InputError
from dreamer_studio.system.process import end_process
from dreamer_studio.texts import one_line

ANSWER_SECONDS: Final = 10.0
"""Time within which an X server must answer, even a remote one."""

REFUSED, LOST = 2, 1  # exit codes

SCREEN_WENT: Final = (
    "The X11 connection broke",
    "The Wayland connection broke",
    "The Wayland connection experienced a fatal error",
)
"""Beginnings of Qt's last message before Qt ends the process because the screen has disappeared."""

_INSTEAD: Final = (
    "xvfb-run -a dreamer-studio ... provides a virtual screen, and dreamer-studio train --task "
    f"{DEFAULT_TASK} needs none"
)
_PLUGINS: Final = re.compile(r"Available platform plugins are: (.*)\.")

_log = logging.getLogger(__name__)


def check_screen() -> None:
    """Check that Qt finds a screen, or at least stops searching.

    Raises:
        InputError: there is no screen, or its X server does not answer.
    """
    if sys.platform != "linux":
        return
    display, wayland = os.environ.get("DISPLAY"), os.environ.get("WAYLAND_DISPLAY")
    platform = os.environ.get("QT_QPA_PLATFORM")
    if not (display or wayland or platform):
        raise InputError(f"there is no screen (neither DISPLAY nor WAYLAND_DISPLAY is set); {_INSTEAD}")
    if display and "xcb" in (platform or ("wayland" if wayland else "xcb")) and _x_server_hangs():
        raise InputError(f"the screen DISPLAY={display} does not answer within {ANSWER_SECONDS:g} s; {_INSTEAD}")


def _x_server_hangs() -> bool:
    """Return whether Qt would wait forever for the X server.

    The connection stays open: an X server whose last client leaves resets itself, and meanwhile would refuse Qt.
    """
    try:
        xcb = ctypes.CDLL("libxcb.so.1")
    except OSError:  # Qt reports what is missing
        return False
    connecting = threading.Thread(target=xcb.xcb_connect, args=(None, None), daemon=True)
    connecting.start()
    connecting.join(ANSWER_SECONDS)
    return connecting.is_alive()


class ScreenWatch:
    """Saves the training before Qt ends the process.

    If Qt finds no screen, it aborts. If the screen disappears, Qt calls ``exit`` or ``_exit`` in its event loop while
    other threads compute. Qt writes a message first, and that message is the only chance to act.
    """

    def __init__(self) -> None:
        self._said: list[str] = []
        self._lines: list[str] = []
        self._save: Callable[[], str] | None = None
        self._ending = threading.Lock()

    def __enter__(self) -> Self:
        self._before = qInstallMessageHandler(self._hear)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        qInstallMessageHandler(self._before)
        self._pass_on()

    def opened(self, save: Callable[[], str]) -> None:
        """Note that the window is open.

        Args:
            save: saves and ends the training, from any thread, and returns the outcome as text.
        """
        self._save = save
        self._pass_on()

    def _hear(self, kind: QtMsgType, context: QMessageLogContext, text: str) -> None:
        if kind is QtMsgType.QtFatalMsg or text.startswith(SCREEN_WENT):
            with self._ending:  # another thread with such a message waits here until the process has ended
                self._end(one_line(text))
        self._said.append(text)
        self._lines.append(qFormatLogMessage(kind, context, text))
        if self._save is not None:
            self._pass_on()

    def _end(self, text: str) -> None:
        if self._save is None:
            code, line = REFUSED, _refusal(self._said, text)
        else:
            code, line = LOST, f"the window has lost its screen ({text}). {self._save()}"
        _log.error("%s", line)
        sys.stderr.write(f"dreamer-studio: {line}\n")
        end_process(code)

    def _pass_on(self) -> None:
        """Write Qt's messages. They are held back until the window opens, since they may explain why it does not."""
        lines, self._lines, self._said = self._lines, [], []
        for line in lines:
            sys.stderr.write(f"{line}\n")


def _refusal(said: list[str], fatal: str) -> str:
    reason = one_line(said[0]) if said else fatal
    platform, plugins = os.environ.get("QT_QPA_PLATFORM"), _PLUGINS.search(fatal)
    if platform and plugins:
        return f"QT_QPA_PLATFORM={platform} opens no window ({reason}); unset it, or use one of {plugins[1]}"
    return f"no window can be opened ({reason}); {_INSTEAD}"
