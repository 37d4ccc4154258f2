"""Counts the actions of the newest stored episodes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dreamer_studio.replay import EpisodeList, ReplayError
from dreamer_studio.session import Session
from dreamer_studio.viewing.actions.messages import BINS, EPISODES, LIMIT, ActionCounts
from dreamer_studio.viewing.channel import Channel
from dreamer_studio.viewing.throttle import Throttle

LIST_SECONDS = 1.0  # between checks for new episodes


@dataclass(frozen=True, eq=False)
class _Counted:
    """The counts of one episode, as in `ActionCounts`; no steps if its file cannot be read."""

    steps: int
    counts: NDArray[np.int64]
    low: NDArray[np.int64]
    high: NDArray[np.int64]


class ActionsWorker:
    """Keeps the counts up to date while they are visible, and reads one episode per turn."""

    def __init__(
        self, session: Session, channel: Channel[None, ActionCounts], *, list_seconds: float = LIST_SECONDS
    ) -> None:
        self.channel = channel
        self._session = session
        self._due = Throttle(list_seconds)
        self._generation = 0
        self._list: EpisodeList | None = None
        self._counted: dict[int, _Counted] = {}
        self._published: tuple[int, ...] | None = None

    def turn(self) -> bool:
        """Read one more episode, or publish new counts. Return whether there was anything to do."""
        taken = self.channel.take()
        if taken is not None:
            self._generation, self._published = taken[0], None
        spec = self._session.status.get().spec
        if spec is None or not self.channel.wants(self._generation):
            return False
        if self._list is None or self._due():
            self._list = self._session.stored_episodes()
        wanted = [int(number) for number in self._list.numbers[-EPISODES:]]
        self._counted = {number: kept for number, kept in self._counted.items() if number in wanted}
        missing = [number for number in reversed(wanted) if number not in self._counted]
        if missing:
            discrete = spec.action_kind == "discrete"
            self._counted[missing[0]] = _count(self._list, missing[0], spec.action_size, discrete=discrete)
        elif self._published == tuple(wanted):
            return False
        self._publish(max(0, len(missing) - 1), discrete=spec.action_kind == "discrete")
        self._published = tuple(wanted) if len(missing) <= 1 else None
        return True

    def _publish(self, left: int, *, discrete: bool) -> None:
        read = {number: counted for number, counted in self._counted.items() if counted.steps}
        if not read:
            return
        parts = list(read.values())
        self.channel.answer(
            self._generation,
            ActionCounts(
                min(read),
                max(read),
                len(read),
                left,
                sum(part.steps for part in parts),
                discrete,
                np.sum([part.counts for part in parts], axis=0),
                np.sum([part.low for part in parts], axis=0),
                np.sum([part.high for part in parts], axis=0),
            ),
            done=False,
        )


def _count(episodes: EpisodeList, number: int, size: int, *, discrete: bool) -> _Counted:
    """Count the actions (A,) of an episode's agent steps."""
    nothing = np.zeros(size, np.int64)
    place = episodes.place(number)
    try:
        assert place is not None
        action = np.concatenate([part.action for part in episodes.parts(place)])[1:]  # the reset has none
    except (ReplayError, OSError):
        return _Counted(0, np.zeros((size, 1 if discrete else BINS), np.int64), nothing, nothing)
    if discrete:
        made = np.bincount(action.argmax(-1), minlength=size)[:, None]
        return _Counted(len(action), made, nothing, nothing)
    edges = np.linspace(-1, 1, BINS + 1)
    counts = np.stack([np.histogram(column.clip(-1, 1), edges)[0] for column in action.T])
    return _Counted(len(action), counts, (action <= -LIMIT).sum(0), (action >= LIMIT).sum(0))
