"""The program's log: a file of bounded size in the system's log folder, and the last warnings in memory."""

from __future__ import annotations

import contextlib
import logging
import logging.handlers
import os
import sys
from collections import deque
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import TracebackType

VARIABLE = "DREAMER_STUDIO_LOG"
"""Environment variable that names another log file; an empty value turns the log off."""

MOST_BYTES = 2**20
OLDER_FILES = 2
"""Older log files to keep; the log takes at most three times `MOST_BYTES`."""

NEWS_KEPT = 20
_FORMAT = "%(asctime)s %(levelname)s %(process)d %(threadName)s %(name)s: %(message)s"


class LogBook:
    """The program's log, with its newest warnings and errors in memory.

    Attributes:
        file: the log file; None if there is no log.
    """

    def __init__(self, file: Path | None) -> None:
        self.file = file
        self._news = _LastNews()
        self._hook = sys.excepthook

    def last_news(self) -> tuple[str, ...]:
        """Return the last warnings and errors with their tracebacks, oldest first. Any thread may call this."""
        return tuple(self._news.records)

    @contextlib.contextmanager
    def kept(self) -> Iterator[LogBook]:
        """Write the program's log, including uncaught exceptions, as long as the context lasts.

        If the log cannot be written, the program runs without it.
        """
        logger = logging.getLogger("dreamer_studio")
        handlers: list[logging.Handler] = [self._news]
        if self.file is not None:
            handlers += _file_handlers(self.file)
        before = logger.level
        logger.setLevel(logging.INFO)
        for handler in handlers:
            handler.setFormatter(logging.Formatter(_FORMAT))
            logger.addHandler(handler)
        self._hook, sys.excepthook = sys.excepthook, self._log_uncaught
        try:
            yield self
        finally:
            sys.excepthook = self._hook
            logger.setLevel(before)
            for handler in handlers:
                logger.removeHandler(handler)
                handler.close()

    def _log_uncaught(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        """Log an uncaught exception. Those of Qt slots and threads would otherwise only be printed."""
        logging.getLogger("dreamer_studio").error("uncaught exception", exc_info=(kind, error, trace))
        self._hook(kind, error, trace)


def log_file(environment: Mapping[str, str] = os.environ) -> Path | None:
    """Return the log file; None if the environment turns the log off."""
    named = environment.get(VARIABLE)
    if named is not None:
        return Path(named).expanduser() if named else None
    from platformdirs import user_log_path  # noqa: PLC0415  (the command's help does not need it)

    return user_log_path("dreamer-studio", appauthor=False) / "dreamer-studio.log"


def traceback_place(details: str) -> str:
    """Return the end of a message that says where its traceback is logged; empty without a traceback.

    Args:
        details: the traceback; may be empty.
    """
    file = log_file()
    return f" (traceback in {file})" if details and file is not None else ""


class _LastNews(logging.Handler):
    """Keep the last warnings and errors as text."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.records: deque[str] = deque(maxlen=NEWS_KEPT)

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(self.format(record))


class _LogFile(logging.handlers.RotatingFileHandler):
    """A log file that drops lines if the disk is full or another process holds the file."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802  (logging's own name)
        pass

    def close(self) -> None:
        """Close the file. Drop what a full disk does not take."""
        with contextlib.suppress(OSError):
            super().close()


def _file_handlers(file: Path) -> list[logging.Handler]:
    """Make the handler that writes the file; none if its folder cannot be made. The first line makes the file."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError:
        return []
    return [_LogFile(file, "a", MOST_BYTES, OLDER_FILES, "utf-8", delay=True, errors="backslashreplace")]
