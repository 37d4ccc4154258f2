"""Record every complaint of a process: warnings of the log, of Python and of Qt."""

from __future__ import annotations

import logging
from typing import Final

from PySide6.QtCore import QtMsgType, qInstallMessageHandler

QUIETER: Final = ("This plugin does not support propagateSizeHints()",)  # Qt says this without a window manager


class Listener(logging.Handler):
    """Record warnings from now on."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.heard: list[str] = []
        logging.getLogger().addHandler(self)
        logging.captureWarnings(True)
        qInstallMessageHandler(self._hear_qt)

    def emit(self, record: logging.LogRecord) -> None:
        """Record a warning of Python, with its traceback."""
        text = f"{record.levelname} {record.name}: {record.getMessage()}"
        if record.exc_info:
            text += "\n" + logging.Formatter().formatException(record.exc_info)
        self.heard.append(text)

    def _hear_qt(self, kind: QtMsgType, _: object, text: str) -> None:
        if kind is not QtMsgType.QtDebugMsg and text not in QUIETER:
            self.heard.append(f"{kind.name}: {text}")
