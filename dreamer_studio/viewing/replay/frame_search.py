"""Searches the stored episodes for the frames that a snapshot is most wrong about. Qt-free, as the inspector is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from dreamer_studio.dreamer.latent import LatentState
from dreamer_studio.dreamer.noise import NoiseSource
from dreamer_studio.dreams.frame_scores import score_frames
from dreamer_studio.replay import EpisodeStore, ReplayError
from dreamer_studio.replay.bookmarks import Bookmark, Bookmarks, Kind
from dreamer_studio.session import Session
from dreamer_studio.viewing.replay.messages import BLOCK_ROWS, KeepFound, ReplayChannels, Search
from dreamer_studio.viewing.scene.source import SceneSource
from dreamer_studio.viewing.weights import LatestAgent

MOST_OF_A_KIND = 5
FIRST_ROWS = 5
"""Of an episode are passed over: before the model has seen some frames it is surprised by anything."""

KINDS: tuple[Kind, ...] = ("kl", "image", "reward")
SEED = 20_200_501


@dataclass
class _Pass:
    """A search that goes on.

    Attributes:
        place: of the episode that is gone through; they are from the newest to the oldest.
        row: the next one of it.
        measured: (3, L), what was found out about it so far, a row for each of `KINDS`.
    """

    number: int
    update: int
    store: EpisodeStore
    place: int
    row: int
    posterior: LatentState | None
    measured: NDArray[np.float64]
    found: Bookmarks = ()


class FrameSearch:
    """Goes through all episodes once with the weights that are newest when it begins, one piece of rows at a time.

    Of each episode and kind its worst frame counts; the worst of these are kept.
    """

    def __init__(self, session: Session, source: SceneSource, device: torch.device, channels: ReplayChannels) -> None:
        self._source = source
        self._channels = channels
        self._latest = LatestAgent(session)
        self._noise = NoiseSource(SEED, device)
        self._pass: _Pass | None = None
        self._answered = 0

    @torch.inference_mode()
    def turn(self) -> bool:
        """Do one small piece of work, if there is any.

        Returns:
            whether there was.
        """
        wanted = self._channels.search_request.get()
        if self._pass is not None and wanted != self._pass.number:
            self._end()
        if wanted in (0, self._answered):
            return False
        if self._pass is None:
            return self._begin(wanted)
        self._go_on(self._pass)
        return True

    def _begin(self, number: int) -> bool:
        self._latest.refresh()
        if self._latest.agent is None:  # it waits for the first update
            return False
        store = self._source.episodes()
        self._pass = _Pass(number, self._latest.update, store, len(store), 0, None, np.empty((3, 0)))
        self._next_episode(self._pass)
        return True

    def _go_on(self, search: _Pass) -> None:
        agent, snapshot = self._latest.agent, self._latest.snapshot
        assert agent is not None and snapshot is not None
        length = search.store.length(search.place)
        count = min(BLOCK_ROWS, length - search.row)
        try:
            rows = search.store.get(search.place, search.row, count)
        except (ReplayError, OSError):  # the others are there still
            self._next_episode(search)
            return
        seen = score_frames(agent, search.posterior, rows, snapshot.config, self._noise)
        search.measured[:, search.row : search.row + count] = seen.kl, seen.image, seen.reward
        search.posterior, search.row = seen.posterior, search.row + count
        if search.row == length:
            search.found = _best((*search.found, *_worst_of(search)))
            self._next_episode(search)

    def _next_episode(self, search: _Pass) -> None:
        search.place -= 1
        search.row, search.posterior = 0, None
        if search.place < 0:
            self._end()
            return
        search.measured = np.full((3, search.store.length(search.place)), np.nan)
        self._publish(search, over=False)

    def _end(self) -> None:
        """It is through, or was stopped; what was found until then is kept."""
        search, self._pass = self._pass, None
        assert search is not None
        self._answered = search.number
        self._publish(search, over=True)
        if search.found:
            self._channels.commands.put(KeepFound(search.found))

    def _publish(self, search: _Pass, *, over: bool) -> None:
        episodes = len(search.store)
        done = episodes - search.place - 1
        self._channels.search.put(Search(search.number, done, episodes, search.update, search.found, over))


def _worst_of(search: _Pass) -> Bookmarks:
    """The worst frame of an episode for each kind; none where it is too short."""
    measured = search.measured[:, FIRST_ROWS:]
    if measured.shape[1] == 0:
        return ()
    number = int(search.store.numbers[search.place])
    rows = measured.argmax(1)
    return tuple(
        Bookmark(number, FIRST_ROWS + int(row), kind, "", float(values[row]), search.update)
        for kind, row, values in zip(KINDS, rows, measured, strict=True)
        if np.isfinite(values[row])
    )


def _best(found: Bookmarks) -> Bookmarks:
    """The largest of each kind, in the order of the kinds."""

    def value(bookmark: Bookmark) -> float:
        return -(bookmark.value or 0.0)

    of_kinds = (sorted((each for each in found if each.kind == kind), key=value) for kind in KINDS)
    return tuple(bookmark for of_kind in of_kinds for bookmark in of_kind[:MOST_OF_A_KIND])
