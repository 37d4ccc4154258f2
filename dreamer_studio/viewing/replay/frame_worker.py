"""Reads frames and small images for the replay browser.

It works in small pieces, in a thread without a model, so that scrubbing stays smooth while other workers dream.
"""

from __future__ import annotations

import numpy as np

from dreamer_studio.arrays import Images
from dreamer_studio.replay import ReplayError
from dreamer_studio.viewing.channel import Channel
from dreamer_studio.viewing.replay.messages import BLOCK_ROWS, Block, FrameRequest, Spot, Thumbnail
from dreamer_studio.viewing.scene.source import NoSceneError, SceneSource


class FrameWorker:
    """Answers the newest request for a frame, with its neighbors."""

    def __init__(self, source: SceneSource, channel: Channel[FrameRequest, Block]) -> None:
        self.channel = channel
        self._source = source

    def turn(self) -> bool:
        """Read a requested frame, if there is any, and return whether there was."""
        taken = self.channel.take()
        if taken is None:
            return False
        generation, request = taken
        try:
            block = self._live_block(request) if request.frame.live else self._stored_block(request)
        except (NoSceneError, ReplayError, OSError, LookupError) as error:
            self.channel.fail(generation, str(error))
        else:
            self.channel.answer(generation, block)
        return True

    def _stored_block(self, request: FrameRequest) -> Block:
        frame = request.frame
        store, place = self._source.stored(frame.episode)
        first = frame.index // BLOCK_ROWS * BLOCK_ROWS
        count = min(BLOCK_ROWS, store.length(place) - first)
        return Block(frame, first, store.get(place, first, count).image)

    def _live_block(self, request: FrameRequest) -> Block:
        frame = request.frame
        steps = [step for step in self._source.steps_of(frame.episode) if abs(step.index - frame.index) < BLOCK_ROWS]
        if not steps:
            raise LookupError("That frame of the running episode is gone.")
        images = np.stack([step.time_step.image for step in steps])
        return Block(frame, steps[0].index, images, request.attempt)


class ThumbnailWorker:
    """Answers the newest request for small images, one image per turn. Older requests are never finished."""

    def __init__(self, source: SceneSource, channel: Channel[tuple[Spot, ...], tuple[Thumbnail, ...]]) -> None:
        self.channel = channel
        self._source = source
        self._generation = 0
        self._missing: list[Spot] = []
        self._read: tuple[Thumbnail, ...] = ()

    def turn(self) -> bool:
        """Read a requested image, if there is any, and return whether there was."""
        taken = self.channel.take()
        if taken is not None:
            self._generation, self._missing, self._read = taken[0], list(taken[1]), ()
        if not self.channel.wants(self._generation):
            return False
        if self._missing:
            spot = self._missing.pop(0)
            self._read = (*self._read, Thumbnail(spot, self._image(spot)))
        self.channel.answer(self._generation, self._read, done=not self._missing)
        return True

    def _image(self, spot: Spot) -> Images | None:
        try:
            store, place = self._source.stored(spot[0])
            image: Images = store.get(place, spot[1], 1).image[0].copy()
        except (NoSceneError, ReplayError, OSError, IndexError):
            return None
        return image
