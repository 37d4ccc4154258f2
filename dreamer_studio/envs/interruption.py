"""A way to ask, from another thread, that nobody waits for an environment any longer."""

import time

GRACE_SECONDS = 0.3
"""What an environment has left to answer in, so that one that is merely at work is not taken for one that hangs."""


class Interruption:
    """Ends all waits for the environments it was given to, in whichever thread they are."""

    def __init__(self) -> None:
        self._since: float | None = None

    def request(self) -> None:
        """Let waits end with a `WaitInterruptedError`, after a moment's grace."""
        if self._since is None:
            self._since = time.monotonic()

    def withdraw(self) -> None:
        """Let environments be waited for again."""
        self._since = None

    @property
    def due(self) -> bool:
        """Whether it was requested and the grace is over."""
        since = self._since
        return since is not None and time.monotonic() - since >= GRACE_SECONDS
