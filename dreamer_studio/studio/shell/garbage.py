"""Python's garbage collector, kept in the window's thread.

What hangs together in a circle, as most dialogs do with what they connect to, is ended by the collector. By itself that
works in whichever thread happens to allocate next. A Qt object that is ended in the trainer's thread, while the window
still paints, takes the whole program down.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

YOUNGEST_MS = 1000
OLDER_EACH = 10  # turns
ALL_EACH = 60


class GarbageKeeper(QObject):
    """Collects from the event loop of the thread that it was made in.

    From `start` to `stop` Python's own collector is off, for all threads.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._was_on = False
        self._turn = 0
        self._timer = QTimer(self)
        self._timer.setInterval(YOUNGEST_MS)
        self._timer.timeout.connect(self._collect)

    def start(self) -> None:
        """Take over."""
        self._was_on = gc.isenabled()
        gc.disable()
        self._timer.start()

    def stop(self) -> None:
        """Clear up, and leave it to Python again, if it was before."""
        if not self._timer.isActive():
            return
        self._timer.stop()
        gc.collect()
        if self._was_on:
            gc.enable()

    def _collect(self) -> None:
        """The youngest each time, those that have outlived it less often, and all now and then."""
        self._turn += 1
        gc.collect(2 if self._turn % ALL_EACH == 0 else int(self._turn % OLDER_EACH == 0))
