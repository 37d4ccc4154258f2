"""Frames that one thread makes and others read at the same time."""

from __future__ import annotations

from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from dreamer_studio.arrays import FRAME_SHAPE, Images

FIRST_ROOM = 16
"""Rows that there is room for at first; each time the room is used up, it is doubled."""

Array = TypeVar("Array", bound=NDArray[Any])


class GrowingFrames:
    """Frames in the making: one thread appends, and publishes all of them so far as a read-only array.

    Each published array covers only rows that are written, and rows that are written never change: `append` writes
    behind all that was published. So any thread may read a published array, for as long as it likes and without a
    lock, while the next frames are appended. Only the thread that makes the frames may use this object.
    """

    def __init__(self, first: Images, room: int = FIRST_ROOM) -> None:
        """Begin with a copy of some frames.

        Args:
            first: (n, ...), the first frames; n may be 0.
            room: rows in all that are expected.
        """
        self._rows = np.empty((max(1, room, len(first)), *first.shape[1:]), np.uint8)
        self._rows[: len(first)] = first
        self._written = len(first)

    def __len__(self) -> int:
        return self._written

    @property
    def published(self) -> Images:
        """All frames so far, (n, ...), read-only."""
        return read_only(self._rows[: self._written])

    def append(self, frames: Images) -> Images:
        """Add frames (k, ...) behind the others.

        Returns:
            all frames so far, as `published`.
        """
        end = self._written + len(frames)
        if end > len(self._rows):
            wider = np.empty((max(end, 2 * len(self._rows)), *self._rows.shape[1:]), np.uint8)
            wider[: self._written] = self._rows[: self._written]
            self._rows = wider
        self._rows[self._written : end] = frames
        self._written = end
        return self.published


def no_frames(*shape: int) -> Images:
    """Return no frames, (0, 64, 64, 3), or (0, *shape, 64, 64, 3)."""
    return read_only(np.empty((0, *shape, *FRAME_SHAPE), np.uint8))


def read_only(array: Array) -> Array:
    """Return a view of an array that nobody can write to."""
    view = array.view()
    view.flags.writeable = False
    return view
