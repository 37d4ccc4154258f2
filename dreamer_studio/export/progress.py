"""The progress of an export, and its cancellation."""

from collections.abc import Callable

Progress = Callable[[float], bool]


class ExportCanceled(Exception):  # noqa: N818 - no error: the person asked for it
    """The person stopped the export; nothing of it is left."""


class Ticker:
    """Counts the parts of an export.

    Args:
        parts: the number of parts, 1 or more.
        progress: called after each part with the finished share, above 0 and up to 1; returns False to stop.
    """

    def __init__(self, parts: int, progress: Progress | None) -> None:
        self._parts = parts
        self._done = 0
        self._progress = progress

    def tick(self) -> None:
        """Count a finished part; raise ExportCanceled if `progress` asks to stop."""
        self._done += 1
        if self._progress is not None and not self._progress(self._done / self._parts):
            raise ExportCanceled
