"""Reads for the replay browser: what episodes there are, their images, frames and returns. Qt-free, without a model.

In a thread of its own, so that scrubbing stays smooth while the inspector dreams, and in small pieces: a frame, a
image or one episode's rewards at a time.
"""

from __future__ import annotations

import time

import numpy as np

from dreamer_studio.arrays import Floats, Images
from dreamer_studio.envs import ENDS, known_end
from dreamer_studio.replay import EpisodeStore, ReplayError
from dreamer_studio.session import START, Session
from dreamer_studio.viewing.frame_ref import FrameRef
from dreamer_studio.viewing.replay.catalog import UNKNOWN_END, Catalog, Running
from dreamer_studio.viewing.replay.messages import BLOCK_ROWS, Block, BrowserRequest, ReplayChannels, Spot, Thumbnail
from dreamer_studio.viewing.scene.source import NoSceneError, SceneSource

LIST_SECONDS = 0.25  # between looks for new episodes, rows and returns


class ReplayWorker:
    """Meets the newest `BrowserRequest`; what an older one asked for and the newest does not is never read."""

    def __init__(self, session: Session, source: SceneSource, channels: ReplayChannels) -> None:
        self._session = session
        self._source = source
        self._channels = channels
        self._store: EpisodeStore | None = None
        self._returns: Floats = np.empty(0)
        self._unreadable: set[int] = set()
        self._ends: dict[int, int] = {}
        self._log_read = START
        self._listed_at = 0.0
        self._listed: tuple[object, ...] = ()
        self._frame: FrameRef | None = None
        self._newest: Images | None = None
        self._rows_running = self._attempt = 0
        self._images: tuple[Spot, ...] = ()
        self._drawn = 0
        self._read = 0

    def turn(self) -> bool:
        """Do one small piece of work, if there is any.

        Returns:
            whether there was.
        """
        wants = self._channels.wants.get()
        if not wants.on_show:
            return False
        return self._find_frame(wants) or self._list(wants) or self._draw(wants) or self._read_return(wants)

    def _find_frame(self, wants: BrowserRequest) -> bool:
        """The frame that is wanted now, with its neighbors."""
        if wants.frame is None or wants.frame == self._frame:
            return False
        self._frame = wants.frame
        try:
            block = self._live_block(wants.frame) if wants.frame.live else self._stored_block(wants.frame)
        except (NoSceneError, ReplayError, OSError, LookupError) as error:
            block = Block(wants.frame, 0, np.empty((0, 64, 64, 3), np.uint8), str(error))
        self._channels.block.put(block)
        return True

    def _stored_block(self, frame: FrameRef) -> Block:
        store, place = self._source.stored(frame.episode)
        first = frame.index // BLOCK_ROWS * BLOCK_ROWS
        count = min(BLOCK_ROWS, store.length(place) - first)
        return Block(frame, first, store.get(place, first, count).image)

    def _live_block(self, frame: FrameRef) -> Block:
        steps = [step for step in self._source.steps_of(frame.episode) if abs(step.index - frame.index) < BLOCK_ROWS]
        if not steps:
            raise LookupError("That frame of the running episode is gone.")
        images = np.stack([step.time_step.image for step in steps])
        return Block(frame, steps[0].index, images, attempt=self._attempt)

    def _list(self, wants: BrowserRequest) -> bool:
        """Publish the catalog where it has changed."""
        now = time.monotonic()
        if now - self._listed_at < LIST_SECONDS:
            return False
        self._listed_at = now
        store = self._source.episodes()
        if store is not self._store:
            self._take(store)
        running = self._running(store)
        prefill = self._session.status.get().config.prefill
        self._read_ends()
        listed = (store, running, self._read, len(self._ends), prefill)
        if listed == self._listed:
            return False
        self._listed = listed
        steps = store.steps_of_each
        missing = store.numbers - np.arange(len(store))  # numbers that no file has count as long as the others
        before = np.cumsum(steps) - steps + missing * (steps.mean() if len(steps) else 0)
        self._channels.catalog.put(
            Catalog(
                store.numbers,
                store.lengths - 1,
                steps,
                before < prefill,
                self._returns.copy(),
                np.array([self._ends.get(number, UNKNOWN_END) for number in store.numbers.tolist()], np.int64),
                frozenset(self._unreadable),
                running,
                self._newest,
            )
        )
        return True

    def _read_ends(self) -> None:
        """Take from the log what ended each episode."""
        rows, place = self._session.rows_since(self._log_read)
        if place.opening != self._log_read.opening:  # rows that were read may have been undone
            self._ends.clear()
        self._log_read = place
        for row in rows:
            number, end = row.get("episode"), known_end(row.get("end"))
            if isinstance(number, int) and end is not None:
                self._ends[number] = ENDS.index(end)

    def _take(self, store: EpisodeStore) -> None:
        """Keep the returns that are known; episodes are added at the end only, unless files were taken away."""
        known = self._store.numbers if self._store is not None else np.empty(0, np.int64)
        self._store = store
        returns = np.full(len(store), np.nan)
        if np.array_equal(known, store.numbers[: len(known)]):
            returns[: len(known)] = self._returns
        else:
            self._unreadable.clear()
        self._returns = returns

    def _running(self, store: EpisodeStore) -> Running | None:
        steps, _ = self._session.steps.since(0)
        self._newest = None
        stored = bool(steps) and store.place(steps[-1].episode) is not None
        if not steps or (stored and not self._session.status.get().watching):
            return None
        rows = self._source.steps_of(steps[-1].episode)
        self._newest = rows[-1].time_step.image
        if len(rows) < self._rows_running:  # another episode, or the same one begun anew, and its frames are others
            self._frame = None
            self._attempt += 1
        self._rows_running = len(rows)
        whole = rows[0].index == 0
        return Running(
            steps[-1].episode,
            rows[0].index,
            rows[-1].index + 1,
            sum(row.time_step.steps for row in rows) if whole else None,
            sum(row.time_step.reward for row in rows) if whole else None,
            self._attempt,
        )

    def _draw(self, wants: BrowserRequest) -> bool:
        """One more image of those on show."""
        if wants.images != self._images:
            self._images, self._drawn = wants.images, 0
        if self._drawn == len(self._images):
            return False
        spot = self._images[self._drawn]
        self._drawn += 1
        try:
            store, place = self._source.stored(spot[0])
            image = store.get(place, spot[1], 1).image[0].copy()
        except (NoSceneError, ReplayError, OSError, IndexError):
            image = None
        self._channels.thumbnails.append(Thumbnail(spot, image))
        return True

    def _read_return(self, wants: BrowserRequest) -> bool:
        """One more return: of what is on show first, then, where they are needed, of the newest episodes first."""
        if self._store is None:
            return False
        places = (self._store.place(number) for number in wants.returns)
        place = next((place for place in places if place is not None and self._lacks(place)), None)
        if place is None and wants.all_returns:
            unknown = (int(place) for place in np.flatnonzero(np.isnan(self._returns))[::-1])
            place = next((place for place in unknown if self._lacks(place)), None)
        if place is None:
            return False
        try:
            self._returns[place] = np.concatenate([part.reward for part in self._store.parts(place)]).sum()
        except (ReplayError, OSError):
            self._unreadable.add(place)
        self._read += 1
        return True

    def _lacks(self, place: int) -> bool:
        return bool(np.isnan(self._returns[place])) and place not in self._unreadable
