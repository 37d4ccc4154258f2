"""The program's log: a file of bounded size where the system has its logs, and the last bad news in memory."""

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
"""Environment variable that names another file for the log; set to nothing, none is written."""

MOST_BYTES = 2**20
OLDER_FILES = 2
"""So the log takes three times `MOST_BYTES` at most."""

NEWS_KEPT = 20
_FORMAT = "%(asctime)s %(levelname)s %(process)d %(threadName)s %(name)s: %(message)s"


class LogBook:
    """What the log has to say to those who ask for it while the program runs.

    Attributes:
        file: where it is written; None where it is not.
    """

    def __init__(self, file: Path | None) -> None:
        self.file = file
        self._news = _LastNews()
        self._hook = sys.excepthook

    def last_news(self) -> tuple[str, ...]:
        """The newest warnings and errors, the oldest first, tracebacks included; from any thread."""
        return tuple(self._news.records)

    @contextlib.contextmanager
    def kept(self) -> Iterator[LogBook]:
        """Write the program's log for as long as this lasts; exceptions that nobody catches are logged as well.

        A log that cannot be written keeps nothing from running.
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
        """Also those of Qt's slots and threads, which are printed and forgotten otherwise."""
        logging.getLogger("dreamer_studio").error("nobody caught this", exc_info=(kind, error, trace))
        self._hook(kind, error, trace)


def log_file(environment: Mapping[str, str] = os.environ) -> Path | None:
    """Where the log is written; None where the environment says that none is wanted."""
    named = environment.get(VARIABLE)
    if named is not None:
        return Path(named).expanduser() if named else None
    from platformdirs import user_log_path  # noqa: PLC0415  (the command's help does without)

    return user_log_path("dreamer-studio", appauthor=False) / "dreamer-studio.log"


def traceback_place(details: str) -> str:
    """Say, for the end of a message, where a traceback was logged; empty if there is none.

    Args:
        details: the traceback; may be empty.
    """
    file = log_file()
    return f" (traceback in {file})" if details and file is not None else ""


class _LastNews(logging.Handler):
    """Keeps the last warnings and errors as text."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.records: deque[str] = deque(maxlen=NEWS_KEPT)

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(self.format(record))


class _LogFile(logging.handlers.RotatingFileHandler):
    """A disk that is full, or a file that another process holds, costs lines of the log and nothing else."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802  (logging's own name)
        pass


def _file_handlers(file: Path) -> list[logging.Handler]:
    """The one that writes the file, unless its folder cannot be made; the file is made with the first line."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError:
        return []
    return [_LogFile(file, "a", MOST_BYTES, OLDER_FILES, "utf-8", delay=True, errors="backslashreplace")]
