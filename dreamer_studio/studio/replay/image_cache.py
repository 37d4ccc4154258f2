"""Caches of small images and of frames, used by the GUI thread only."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable

from PySide6.QtGui import QImage

from dreamer_studio.arrays import Images
from dreamer_studio.studio.widgets.frame_view import as_image
from dreamer_studio.viewing.frame_ref import FrameRef
from dreamer_studio.viewing.replay.messages import BLOCK_ROWS, Block, Spot

MOST_IMAGES = 500  # 8 MB
MOST_BLOCKS = 16  # 3 MB


class ImageCache:
    """Images of stored episodes. The least recently used ones are dropped first."""

    def __init__(self) -> None:
        self._images: OrderedDict[Spot, QImage | None] = OrderedDict()

    def __len__(self) -> int:
        return len(self._images)

    def put(self, spot: Spot, image: Images | None) -> None:
        """Store an image, or None if there is no image."""
        self._images[spot] = as_image(image) if image is not None else None
        while len(self._images) > MOST_IMAGES:
            self._images.popitem(last=False)

    def get(self, spot: Spot) -> QImage | None:
        """Return the image of a frame, or None if it is not loaded."""
        image = self._images.get(spot)
        if image is not None:
            self._images.move_to_end(spot)
        return image

    def missing(self, spots: Iterable[Spot]) -> tuple[Spot, ...]:
        """Return the frames whose images were never stored, or were dropped."""
        return tuple(spot for spot in spots if spot not in self._images)


class FrameCache:
    """The last blocks of frames. Of a running episode, only the newest attempt: episodes can restart."""

    def __init__(self) -> None:
        self._blocks: OrderedDict[tuple[int, int], Block] = OrderedDict()
        self._live: Block | None = None
        self._attempt = 0
        self._failed: tuple[FrameRef, str] | None = None

    def put(self, block: Block) -> None:
        """Store a block of frames."""
        if block.asked.live:
            self._live = block
        else:
            self._blocks[block.asked.episode, block.first] = block
            while len(self._blocks) > MOST_BLOCKS:
                self._blocks.popitem(last=False)

    def fail(self, frame: FrameRef, reason: str) -> None:
        """Store the reason why a frame cannot be read."""
        self._failed = frame, reason

    def set_attempt(self, attempt: int) -> None:
        """Set the current attempt at the running episode, as in `Running`. Drop frames of other attempts."""
        self._attempt = attempt

    def get(self, frame: FrameRef) -> Images | None:
        """Return the frame (64, 64, 3), or None if it is not loaded."""
        block = self._live if frame.live else self._stored(frame)
        if block is None or block.asked.episode != frame.episode or (frame.live and block.attempt != self._attempt):
            return None
        at = frame.index - block.first
        return block.images[at] if 0 <= at < len(block.images) else None

    def problem_of(self, frame: FrameRef) -> str:
        """Return the reason why a frame cannot be read, according to the last attempt to read it."""
        failed, reason = self._failed or (None, "")
        return reason if failed == frame else ""

    def _stored(self, frame: FrameRef) -> Block | None:
        key = frame.episode, frame.index // BLOCK_ROWS * BLOCK_ROWS
        if key in self._blocks:
            self._blocks.move_to_end(key)
        return self._blocks.get(key)
