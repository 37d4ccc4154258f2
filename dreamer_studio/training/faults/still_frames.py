"""Notices episodes whose frames do not change, and reports it once."""

from __future__ import annotations

import numpy as np

from dreamer_studio.envs import TimeStep

MOST_ALIKE = 100
"""Equal frames at the beginning of an episode that are reported."""

MOST_ALIKE_IN_ALL = 30
"""Equal frames that are reported if they are a whole episode."""


class StillFrames:
    """Notices episodes that begin with many equal frames.

    It ignores a short still start, and a still agent in a task whose frames have changed before. It always reports
    black frames.
    """

    def __init__(self) -> None:
        self._first: TimeStep | None = None
        self._count = 0
        self._has_changed = False
        self._told = False

    def look(self, row: TimeStep) -> str:
        """Look at the next row of the running episode.

        Returns:
            a message when frames have been still for too long for the first time; else an empty text.
        """
        if row.is_first:
            self._first, self._count = row, 1
            return ""
        if self._first is None:  # the frames have changed, or the beginning of the episode is unknown
            return ""
        if not np.array_equal(row.image, self._first.image):
            self._first, self._has_changed, self._told = None, True, False
            return ""
        self._count += 1
        due = self._count >= (MOST_ALIKE_IN_ALL if row.is_last else MOST_ALIKE)
        black = not row.image.any()
        if not due or self._told or (self._has_changed and not black):
            return ""
        self._told = True
        return (
            f"The first {self._count} frames of an episode are the same{', all black' if black else ''}: there is "
            "nothing to learn from. Usually the task needs a screen (try xvfb-run -a dreamer-studio ...), or its "
            "image is elsewhere (start a new run with --set observe=render or observe=observation)"
        )
