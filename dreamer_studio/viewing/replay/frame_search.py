"""Searches the stored episodes for the frames that a snapshot gets most wrong."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from dreamer_studio.dreamer.latent import LatentState
from dreamer_studio.dreamer.noise import NoiseSource
from dreamer_studio.dreams.frame_scores import score_frames
from dreamer_studio.replay import EpisodeList, ReplayError
from dreamer_studio.replay.bookmarks import Bookmark, Bookmarks, Kind
from dreamer_studio.session import Session
from dreamer_studio.viewing.channel import Channel, Commands
from dreamer_studio.viewing.replay.messages import BLOCK_ROWS, KeepFound, ReplayCommand, Search, SearchRequest
from dreamer_studio.viewing.scene.source import SceneSource
from dreamer_studio.viewing.weights import LatestAgent

MOST_OF_A_KIND = 5
FIRST_ROWS = 5
"""First frames of an episode that do not count, because a model that has seen little is surprised by anything."""

KINDS: tuple[Kind, ...] = ("kl", "image", "reward")
SEED = 20_200_501


@dataclass
class _Pass:
    """A search in progress.

    Attributes:
        place: index of the current episode; the search goes from the newest to the oldest.
        row: the next row of that episode.
        measured: (3, L), the measures of that episode so far, a row for each of `KINDS`.
    """

    update: int
    store: EpisodeList
    place: int
    row: int
    posterior: LatentState | None
    measured: NDArray[np.float64]
    found: Bookmarks = ()


class FrameSearch:
    """Goes once through all episodes with the newest weights at its start, one piece of rows at a time.

    Each episode counts with its worst frame of each kind; the worst of these are kept.
    """

    def __init__(
        self,
        session: Session,
        source: SceneSource,
        device: torch.device,
        channel: Channel[SearchRequest, Search],
        commands: Commands[ReplayCommand],
    ) -> None:
        """Begin with no search.

        Args:
            session: the source of the weights.
            source: finds the episodes.
            device: the device of the weights.
            channel: asks for a search, or for its end.
            commands: the queue that takes the found bookmarks.
        """
        self.channel = channel
        self._source = source
        self._commands = commands
        self._latest = LatestAgent(session)
        self._noise = NoiseSource(SEED, device)
        self._generation = 0
        self._pass: _Pass | None = None

    @torch.inference_mode()
    def turn(self) -> bool:
        """Do one small piece of work, if there is any, and return whether there was."""
        taken = self.channel.take()
        if taken is not None:
            going, self._pass, self._generation = self._pass, None, taken[0]
            return self._begin_or_stop(taken[1], going)
        search = self._pass
        if search is None or not self.channel.wants(self._generation):
            return False
        self._go_on(search)
        return True

    def _begin_or_stop(self, request: SearchRequest, going: _Pass | None) -> bool:
        """Begin a search, or end the current one. Either way, keep what the current one has found."""
        if going is not None and going.found:
            self._commands.send(KeepFound(going.found))
        if request.stop:
            last = Search(0, 0, -1, (), over=True) if going is None else _state_of(going, over=True)
            self.channel.answer(self._generation, last)
            return True
        self._latest.refresh()
        if self._latest.agent is None:  # wait for the first update
            self.channel.put_back(self._generation)
            return False
        store = self._source.episodes()
        search = _Pass(self._latest.update, store, len(store), 0, None, np.empty((3, 0)))
        self._next_episode(search)
        return True

    def _go_on(self, search: _Pass) -> None:
        agent, snapshot = self._latest.agent, self._latest.snapshot
        assert agent is not None and snapshot is not None
        length = search.store.length(search.place)
        count = min(BLOCK_ROWS, length - search.row)
        try:
            rows = search.store.get(search.place, search.row, count)
        except (ReplayError, OSError):  # go on with the other episodes
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
        over = search.place < 0
        self._pass = None if over else search
        if over and search.found:
            self._commands.send(KeepFound(search.found))
        if not over:
            search.measured = np.full((3, search.store.length(search.place)), np.nan)
        self.channel.answer(self._generation, _state_of(search, over=over), done=over)


def _state_of(search: _Pass, *, over: bool) -> Search:
    episodes = len(search.store)
    return Search(episodes - search.place - 1, episodes, search.update, search.found, over)


def _worst_of(search: _Pass) -> Bookmarks:
    """Return the worst frame of an episode for each kind; none if the episode is too short."""
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
    """Return the bookmarks with the largest values of each kind, in the order of the kinds."""

    def value(bookmark: Bookmark) -> float:
        return -(bookmark.value or 0.0)

    of_kinds = (sorted((each for each in found if each.kind == kind), key=value) for kind in KINDS)
    return tuple(bookmark for of_kind in of_kinds for bookmark in of_kind[:MOST_OF_A_KIND])
