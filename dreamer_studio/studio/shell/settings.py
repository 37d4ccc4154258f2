"""Theme and layout from one session to the next. Whatever the saved ones hold, the window opens."""

from __future__ import annotations

import logging
from typing import get_args

from PySide6.QtCore import QByteArray, QSettings
from PySide6.QtWidgets import QMainWindow

from dreamer_studio.studio.theme import Scheme

LAYOUT_VERSION = 2
"""Of docks and toolbars; a layout of another version is left unread."""

_log = logging.getLogger(__name__)


def saved_scheme(settings: QSettings) -> Scheme:
    """The theme that a person chose; the system's where none can be read."""
    found = _value(settings, "theme")
    return next((scheme for scheme in get_args(Scheme) if scheme == found), "system")


def save_layout(window: QMainWindow, settings: QSettings) -> None:
    """Remember where everything is."""
    settings.setValue("geometry", window.saveGeometry())
    settings.setValue("layout", window.saveState(LAYOUT_VERSION))


def restore_layout(window: QMainWindow, settings: QSettings) -> bool:
    """Put everything where it was; what cannot be read is left as it is by default.

    Returns:
        whether the window has its saved place.
    """
    geometry, layout = _value(settings, "geometry"), _value(settings, "layout")
    placed = isinstance(geometry, QByteArray) and window.restoreGeometry(geometry)
    if geometry is not None and not placed:
        _log.info("the saved place of the window cannot be read")
    if isinstance(layout, QByteArray) and not window.restoreState(layout, LAYOUT_VERSION):
        _log.info("the saved layout cannot be read")
    return placed


def _value(settings: QSettings, name: str) -> object:
    """What is saved under a name, of any type: anybody can have written the file."""
    try:
        return settings.value(name)
    except Exception:  # what PySide makes of types that it does not know
        _log.warning("the setting %s cannot be read", name, exc_info=True)
        return None
