"""Shows uncaught exceptions as banners. Each place that raises is reported once, and the program continues.

PySide passes an exception in a slot or an event handler to `sys.excepthook`, prints it, and continues. Without this
module the window would not show it.
"""

from __future__ import annotations

import logging
import sys
import threading
import traceback
from types import TracebackType
from typing import Any, Final, Self

from PySide6.QtCore import QObject, Signal

from dreamer_studio.studio.widgets.banner import BannerStack
from dreamer_studio.viewing.role import Role

MOST_PLACES: Final = 100
"""Most places reported per window. After that, the first reports already tell what is wrong."""

Place = tuple[str, str, int]
"""Kind of exception, and the file and line that raised it."""

_log = logging.getLogger(__name__)


class UncaughtErrors(QObject):
    """Catches every uncaught exception, in any thread, while the context is open.

    For each new place it also calls the earlier hooks, which write the log and standard error. The hooks are restored
    at the end. An exception raised during a report goes to the earlier hooks only.

    Args:
        banners: shows a banner with details for each new place.
    """

    happened = Signal(str, str)
    """Emitted in the thread that raised, with a sentence about the exception and its traceback."""

    def __init__(self, banners: BannerStack) -> None:
        super().__init__()
        self._banners = banners
        self._places: set[Place] = set()
        self._lock = threading.RLock()  # garbage collected while it is held may raise in the same thread
        self._thread = threading.local()
        self.happened.connect(self._show)  # queued if another thread emits

    def __enter__(self) -> Self:
        self._before = sys.excepthook, sys.unraisablehook, threading.excepthook
        sys.excepthook, sys.unraisablehook = self._hear, self._hear_unraisable
        threading.excepthook = self._hear_thread
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        sys.excepthook, sys.unraisablehook, threading.excepthook = self._before

    def _hear(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if self._is_new(kind, trace):
            self._before[0](kind, error, trace)
            self._report(kind, error, trace)

    def _hear_unraisable(self, unraisable: Any) -> None:
        kind, error, trace = unraisable.exc_type, unraisable.exc_value, unraisable.exc_traceback
        if self._is_new(kind, trace):
            _log.error("nobody could catch this", exc_info=(kind, error, trace))
            self._before[1](unraisable)
            self._report(kind, error, trace)

    def _hear_thread(self, arguments: Any) -> None:
        kind, error, trace = arguments.exc_type, arguments.exc_value, arguments.exc_traceback
        if self._is_new(kind, trace):
            _log.error("nobody caught this in the thread %s", arguments.thread, exc_info=(kind, error, trace))
            self._before[2](arguments)
            self._report(kind, error, trace)

    def _is_new(self, kind: type[BaseException], trace: TracebackType | None) -> bool:
        place = _place(kind, trace)
        with self._lock:
            if place in self._places or len(self._places) >= MOST_PLACES:
                return False
            self._places.add(place)
            return True

    def _report(self, kind: type[BaseException], error: BaseException | None, trace: TracebackType | None) -> None:
        if not issubclass(kind, Exception) or getattr(self._thread, "reports", False):
            return
        self._thread.reports = True
        try:
            text = f"Something in the window failed; everything else continues. {kind.__name__}: {error}"
            self.happened.emit(text, "".join(traceback.format_exception(kind, error, trace)))
        finally:
            self._thread.reports = False

    def _show(self, text: str, details: str) -> None:
        self._banners.show_message(Role.ERROR, text, details)


def _place(kind: type[BaseException], trace: TracebackType | None) -> Place:
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return kind.__name__, "", 0
    return kind.__name__, trace.tb_frame.f_code.co_filename, trace.tb_lineno
