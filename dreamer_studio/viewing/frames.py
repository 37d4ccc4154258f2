"""Frames that one thread makes while others read them."""

from __future__ import annotations

from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from dreamer_studio.arrays import FRAME_SHAPE, Images

FIRST_ROOM = 16
"""Number of rows with room at first; the room doubles each time it is used up."""

Array = TypeVar("Array", bound=NDArray[Any])


class GrowingFrames:
    """A growing array of frames: one thread appends, and publishes all frames so far as a read-only array.

    Each published array covers only written rows, and written rows never change: `append` writes after everything
    published. So any thread may read a published array without a lock, for any time, while further frames are appended.
    Only the thread that makes the frames may use this object.
    """

    def __init__(self, first: Images, room: int = FIRST_ROOM) -> None:
        """Begin with a copy of some frames.

        Args:
            first: (n, ...), the first frames; n may be 0.
            room: expected number of rows.
        """
        self._rows = np.empty((max(1, room, len(first)), *first.shape[1:]), np.uint8)
        self._rows[: len(first)] = first
        self._written = len(first)

    def __len__(self) -> int:
        return self._written

    @property
    def published(self) -> Images:
        """Return all frames so far, (n, ...), read-only."""
        return read_only(self._rows[: self._written])

    def append(self, frames: Images) -> Images:
        """Append frames (k, ...).

        Returns:
            All frames so far, as `published`.
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
    """Return a read-only view of an array."""
    view = array.view()
    view.flags.writeable = False
    return view
