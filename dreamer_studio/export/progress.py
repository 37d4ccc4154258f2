"""How an export says how far it is, and how it is stopped."""

from collections.abc import Callable

Progress = Callable[[float], bool]


class ExportCancelled(Exception):  # noqa: N818 - no error: the person asked for it
    """The person stopped the export; nothing of it is left."""


class Ticker:
    """Counts the parts of an export.

    Args:
        parts: how many there are, 1 or more.
        progress: is told the share done, above 0 and up to 1, after each part; returns False to stop.
    """

    def __init__(self, parts: int, progress: Progress | None) -> None:
        self._parts = parts
        self._done = 0
        self._progress = progress

    def tick(self) -> None:
        """Notes that one more part is done; raises ExportCancelled if the export is to stop."""
        self._done += 1
        if self._progress is not None and not self._progress(self._done / self._parts):
            raise ExportCancelled
