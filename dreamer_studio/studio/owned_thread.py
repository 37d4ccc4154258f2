"""A thread that ends before its owner is deleted."""

from __future__ import annotations

from PySide6.QtCore import QObject, QThread


class OwnedThread(QThread):
    """Ends before its owner is deleted. Qt aborts the program rather than delete a running thread.

    Args:
        name: the thread's name.
        parent: the owner; None for a thread that gets one with `belong_to`.
    """

    def __init__(self, name: str, parent: QObject | None = None) -> None:
        super().__init__()
        self.setObjectName(name)
        if parent is not None:
            self.belong_to(parent)

    def belong_to(self, owner: QObject) -> None:
        """Make an object the thread's owner. `setParent` alone would not end the thread before the owner."""
        self.setParent(owner)
        owner.destroyed.connect(self._end_before_owner)

    def stop(self) -> None:
        """Ask the thread to end soon, without waiting."""
        raise NotImplementedError

    def _end_before_owner(self) -> None:
        """End the thread. Qt has not yet deleted the owner's children."""
        if self.isRunning():
            self.stop()
            self.wait()
