"""Ends the wait for an environment from another thread."""

import time

GRACE_SECONDS = 0.3
"""Seconds that an environment still has to answer, so that a busy one does not count as hanging."""


class Interruption:
    """Ends all waits for the environments that it was passed to, in any thread."""

    def __init__(self) -> None:
        self._since: float | None = None

    def request(self) -> None:
        """End waits with a `WaitInterruptedError`, after a short grace period."""
        if self._since is None:
            self._since = time.monotonic()

    def withdraw(self) -> None:
        """Allow waits again."""
        self._since = None

    @property
    def due(self) -> bool:
        """Return whether an interruption was requested and the grace period is over."""
        since = self._since
        return since is not None and time.monotonic() - since >= GRACE_SECONDS
