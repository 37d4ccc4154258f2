"""Lists the episodes that can be browsed, with their returns as they become known."""

from __future__ import annotations

import numpy as np

from dreamer_studio.arrays import Floats, Images
from dreamer_studio.envs import ENDS, known_end
from dreamer_studio.replay import EpisodeList, ReplayError
from dreamer_studio.session import START, Session
from dreamer_studio.viewing.channel import Channel
from dreamer_studio.viewing.replay.catalog import UNKNOWN_END, Catalog, Running
from dreamer_studio.viewing.replay.messages import CatalogRequest
from dreamer_studio.viewing.scene.source import SceneSource
from dreamer_studio.viewing.throttle import Throttle

LIST_SECONDS = 0.25  # between checks for new episodes, rows and returns


class CatalogWorker:
    """Keeps the list up to date while it is visible, and reads one episode's rewards per turn."""

    def __init__(
        self,
        session: Session,
        source: SceneSource,
        channel: Channel[CatalogRequest, Catalog],
        *,
        list_seconds: float = LIST_SECONDS,
    ) -> None:
        self.channel = channel
        self._session = session
        self._source = source
        self._due = Throttle(list_seconds)
        self._generation = 0
        self._request = CatalogRequest()
        self._store: EpisodeList | None = None
        self._returns: Floats = np.empty(0)
        self._unreadable: set[int] = set()
        self._ends: dict[int, int] = {}
        self._log_read = START
        self._listed: tuple[object, ...] = ()
        self._newest: Images | None = None
        self._rows_running = self._attempt = 0
        self._read = 0

    def turn(self) -> bool:
        """Do one small piece of work, if there is any, and return whether there was."""
        taken = self.channel.take()
        if taken is not None:
            (self._generation, self._request), self._listed = taken, ()
        if not self.channel.wants(self._generation):
            return False
        return self._list() or self._read_return()

    def _list(self) -> bool:
        """Publish the catalog if it has changed."""
        if not self._due():
            return False
        store = self._source.episodes()
        if store is not self._store:
            self._take(store)
        running = self._running(store)
        prefill = self._session.status.get().config.prefill
        self._read_ends()
        listed = (store, running, self._read, len(self._ends), prefill)
        if listed == self._listed:
            return False
        steps = store.steps_of_each
        missing = store.numbers - np.arange(len(store))  # numbers without a file count as long as the others
        before = np.cumsum(steps) - steps + missing * (steps.mean() if len(steps) else 0)
        self.channel.answer(
            self._generation,
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
            ),
            done=False,
        )
        self._listed = listed
        return True

    def _read_ends(self) -> None:
        """Read from the log how each episode ended."""
        rows, place = self._session.rows_since(self._log_read)
        if place.opening != self._log_read.opening:  # the log was reopened: rows already read may be undone
            self._ends.clear()
        self._log_read = place
        for row in rows:
            number, end = row.get("episode"), known_end(row.get("end"))
            if isinstance(number, int) and end is not None:
                self._ends[number] = ENDS.index(end)

    def _take(self, store: EpisodeList) -> None:
        """Keep the known returns. New episodes are always at the end, unless files were removed."""
        known = self._store.numbers if self._store is not None else np.empty(0, np.int64)
        returns = np.full(len(store), np.nan)
        unreadable = self._unreadable
        if np.array_equal(known, store.numbers[: len(known)]):
            returns[: len(known)] = self._returns
        else:
            unreadable = set()
        self._store, self._returns, self._unreadable = store, returns, unreadable

    def _running(self, store: EpisodeList) -> Running | None:
        steps, _ = self._session.steps.since(0)
        self._newest = None
        stored = bool(steps) and store.place(steps[-1].episode) is not None
        if not steps or (stored and not self._session.status.get().watching):
            return None
        rows = self._source.steps_of(steps[-1].episode)
        self._newest = rows[-1].time_step.image
        if len(rows) < self._rows_running:  # another episode, or the same one restarted with other frames
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

    def _read_return(self) -> bool:
        """Read one more return: of the visible episodes first, then, if needed, of the others, newest first."""
        if self._store is None:
            return False
        places = (self._store.place(number) for number in self._request.returns)
        place = next((place for place in places if place is not None and self._lacks(place)), None)
        if place is None and self._request.all_returns:
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
