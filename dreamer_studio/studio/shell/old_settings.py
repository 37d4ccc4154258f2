"""The settings of older versions, which used Qt's own format. Read once, while there is no settings file of ours."""

from __future__ import annotations

import base64
import logging
from typing import Any, get_args

from PySide6.QtCore import QByteArray, QSettings

from dreamer_studio.studio.shell.settings import Settings
from dreamer_studio.studio.theme import Scheme
from dreamer_studio.viewing.film.kept_seconds import FIRST_SECONDS, SECONDS

NAME = "dreamer-studio"  # name of the organization and of the application

_log = logging.getLogger(__name__)


def read_old_settings() -> Settings | None:
    """Return the user's settings of an older version, or None if there are none."""
    return settings_from(QSettings(NAME, NAME))


def settings_from(stored: QSettings) -> Settings | None:
    """Return the readable settings in Qt's format, with defaults for the rest; None if there are none."""
    if not stored.allKeys():
        return None
    theme, seconds = _value(stored, "theme"), str(_value(stored, "keep_seconds"))
    return Settings(
        theme=next((scheme for scheme in get_args(Scheme) if scheme == theme), "system"),
        keep_seconds=min(SECONDS[1], max(SECONDS[0], int(seconds))) if seconds.isdecimal() else FIRST_SECONDS,
        geometry=_base64(_value(stored, "geometry")),
        layout=_base64(_value(stored, "layout")),
    )


def _value(stored: QSettings, name: str) -> Any:
    """Return a value of any type, because another program may have written the file."""
    try:
        return stored.value(name)
    except Exception:  # PySide's errors for types that it does not know
        _log.warning("the old setting %s cannot be read", name, exc_info=True)
        return None


def _base64(value: object) -> str:
    return base64.b64encode(value.data()).decode() if isinstance(value, QByteArray) else ""
