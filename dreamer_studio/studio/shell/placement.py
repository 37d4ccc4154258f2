"""Place and size of the window: always inside the screen, with title bar and borders."""

from __future__ import annotations

import base64
import logging
from typing import Final

from PySide6.QtCore import QByteArray, QMargins, QRect, QSize
from PySide6.QtWidgets import QMainWindow, QWidget

from dreamer_studio.studio.shell.settings import SettingsFile

LAYOUT_VERSION: Final = 2
"""Version of docks and toolbars. Layouts of other versions are not used."""

FIRST_SIZE: Final = QSize(1600, 1000)
"""First size in pixels, if the screen has room. At this size, images are enlarged four times."""

_log = logging.getLogger(__name__)


def save_layout(window: QMainWindow, settings: SettingsFile) -> None:
    """Save the places of the window, its docks and its toolbars."""
    settings.change(geometry=_written(window.saveGeometry()), layout=_written(window.saveState(LAYOUT_VERSION)))


def save_place(window: QMainWindow, settings: SettingsFile) -> None:
    """Save the place of a window that shows no run, and so has no docks."""
    settings.change(geometry=_written(window.saveGeometry()))


def restore_place(window: QWidget, settings: SettingsFile) -> bool:
    """Restore a window's place. Return False, and give the window its first size, if there is no usable place."""
    place_first(window)
    saved = settings.current.geometry
    placed = bool(saved) and window.restoreGeometry(_read(saved))
    if saved and not placed:
        _log.info("the saved place of the window cannot be read")
    return placed


def restore_layout(window: QMainWindow, settings: SettingsFile) -> None:
    """Restore docks and toolbars. An unreadable layout changes nothing."""
    saved = settings.current.layout
    if saved and not window.restoreState(_read(saved), LAYOUT_VERSION):
        _log.info("the saved layout cannot be read")


def place_first(window: QWidget) -> None:
    """Give a hidden window its first size; `place_decorated` corrects the size once the window is visible."""
    room = window.screen().availableSize()
    window.resize(FIRST_SIZE.boundedTo(room))


def place_decorated(window: QWidget) -> None:
    """Shrink and move a window so that its decorations are inside the screen too.

    Call this after the first paint, when the window manager has set the widths of the decorations.
    """
    handle = window.windowHandle()
    if handle is None or window.isMaximized() or window.isFullScreen():
        return
    wanted = fitted(window.geometry(), handle.frameMargins(), window.screen().availableGeometry())
    if wanted != window.geometry():
        window.setGeometry(wanted)


def fitted(content: QRect, decorations: QMargins, available: QRect) -> QRect:
    """Return the content rectangle, shrunk and moved so that content and decorations lie in `available`.

    Args:
        content: the window without its decorations.
        decorations: widths of title bar and borders.
        available: the part of the screen that windows may cover.
    """
    room = available.marginsRemoved(decorations)
    size = content.size().boundedTo(room.size())
    left = max(room.left(), min(content.left(), room.right() - size.width() + 1))
    top = max(room.top(), min(content.top(), room.bottom() - size.height() + 1))
    return QRect(left, top, size.width(), size.height())


def _written(content: QByteArray) -> str:
    return base64.b64encode(content.data()).decode()


def _read(text: str) -> QByteArray:
    return QByteArray(base64.b64decode(text))
