"""Where the window opens, and how large: always inside the screen, with its title bar and borders."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QMargins, QRect, QSize
from PySide6.QtWidgets import QWidget

FIRST_SIZE: Final = QSize(1600, 1000)
"""Pixels, if the screen has room for them; at this size the images are enlarged four times."""


def place_first(window: QWidget) -> None:
    """Give a window that is not on show yet its first size; `place_decorated` corrects that once it is."""
    room = window.screen().availableSize()
    window.resize(FIRST_SIZE.boundedTo(room))


def place_decorated(window: QWidget) -> None:
    """Shrink and move a window so that its decorations are inside the screen too.

    Call this after the first paint: only then has the window manager said how wide the decorations are.
    """
    handle = window.windowHandle()
    if handle is None or window.isMaximized() or window.isFullScreen():
        return
    wanted = fitted(window.geometry(), handle.frameMargins(), window.screen().availableGeometry())
    if wanted != window.geometry():
        window.setGeometry(wanted)


def fitted(content: QRect, decorations: QMargins, available: QRect) -> QRect:
    """Return the content rectangle, shrunk and moved so that it lies in `available` together with its decorations.

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
