"""Imports what a run needs while the start page waits for the user, so that the first run opens sooner."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QObject, QTimer

from dreamer_studio.system.loading import collector_at_rest

OF_A_RUN: Final = (
    "numpy",
    "pyqtgraph",
    "dreamer_studio.envs",
    "dreamer_studio.session",
    "dreamer_studio.studio.widgets.plots.timeline",
    "dreamer_studio.studio.compare.workspace",
    "dreamer_studio.studio.dream.workspace",
    "dreamer_studio.studio.shell.docks",
    "dreamer_studio.studio.workspaces",
    "dreamer_studio.studio.shell.run_view",
)
"""The modules of a run's window except torch, in an order in which each import is a small step."""

FIRST_MS: Final = 500
"""Wait in ms after `start`, in which the page is drawn and its list is filled."""

PAUSE_MS: Final = 50
"""Pause in ms between two imports, in which the page answers the user."""


class LoadingAhead(QObject):
    """Imports modules in the window's thread, one at a time, with pauses.

    A thread of its own would not help: importing holds Python's lock, and modules with classes of Qt belong to the
    window's thread.

    Args:
        parent: the owner.
        modules: names of the modules, in order.
    """

    def __init__(self, parent: QObject, modules: Sequence[str] = OF_A_RUN) -> None:
        super().__init__(parent)
        self._modules = list(modules)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._load_next)

    @property
    def done(self) -> bool:
        """Return whether all modules are imported."""
        return not self._modules

    def start(self) -> None:
        """Begin after a moment."""
        self._timer.start(FIRST_MS)

    def _load_next(self) -> None:
        with collector_at_rest():
            importlib.import_module(self._modules.pop(0))
        if self._modules:
            self._timer.start(PAUSE_MS)
