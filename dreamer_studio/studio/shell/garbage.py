"""Python's garbage collector, limited to the window's thread.

The collector destroys objects that refer to each other in a cycle, as most dialogs and their connections do. By
default, it runs in whichever thread allocates next. If it destroys a Qt object in another thread while the window
paints, the program crashes. Pages without a run have other threads too.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

YOUNGEST_MS = 1000
OLDER_EACH = 10  # turns between collections of the older generations
ALL_EACH = 60


class GarbageKeeper(QObject):
    """Collects garbage in the event loop of the thread that creates this object.

    Between `start` and `stop`, Python's own collector is off in all threads.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._was_on = False
        self._turn = 0
        self._timer = QTimer(self)
        self._timer.setInterval(YOUNGEST_MS)
        self._timer.timeout.connect(self._collect)

    def start(self) -> None:
        """Turn Python's own collector off and collect from the event loop."""
        self._was_on = gc.isenabled()
        gc.disable()
        self._timer.start()

    def stop(self) -> None:
        """Collect once more, and turn Python's own collector on again if it was on."""
        if not self._timer.isActive():
            return
        self._timer.stop()
        gc.collect()
        if self._was_on:
            gc.enable()

    def _collect(self) -> None:
        """Collect the youngest generation each time, and older ones less often."""
        self._turn += 1
        gc.collect(2 if self._turn % ALL_EACH == 0 else int(self._turn % OLDER_EACH == 0))
