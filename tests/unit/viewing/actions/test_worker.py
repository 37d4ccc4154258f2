"""The counts of actions over stored episodes, without a window."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest

from dreamer_studio.dreamer.noise import ActionKind
from dreamer_studio.replay import EpisodeStore
from dreamer_studio.session import Session
from dreamer_studio.viewing.actions.messages import BINS, EPISODES, ActionCounts
from dreamer_studio.viewing.actions.worker import ActionsWorker
from dreamer_studio.viewing.channel import Channel
from tests.support.episodes import make_episode
from tests.support.idle_session import SPEC


class Counting:
    """The worker of a session whose episodes the test stores."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.store = EpisodeStore(session.status.get().folder / "episodes", 2**20)
        self.channel: Channel[None, ActionCounts] = Channel()
        self.worker = ActionsWorker(session, self.channel, list_seconds=0.0)
        self.channel.ask(None)
        self.be("continuous")

    def be(self, kind: ActionKind) -> None:
        spec = dataclasses.replace(SPEC, action_size=2, action_names=("hip", "knee"), action_kind=kind)
        status = self._session.status.get()
        self._session.status.put(dataclasses.replace(status, spec=spec, replay_episodes=len(self.store)))

    def add(self, *action: tuple[float, float], kind: ActionKind = "continuous") -> None:
        episode = make_episode(0, len(action) + 1)
        episode.action[1:] = action
        self.store.add(episode)
        self.be(kind)

    @property
    def counts(self) -> ActionCounts:
        while self.worker.turn():
            pass
        counts = self.channel.result
        assert counts is not None and counts.left == 0
        return counts


@pytest.fixture
def counting(session: Session) -> Counting:
    return Counting(session)


def test_that_actions_of_all_episodes_are_counted_without_their_resets(counting: Counting) -> None:
    counting.add((-1, 0), (1, 0), (1, 0.3))
    counting.add((0.2, 0.995))
    counts = counting.counts
    assert (counts.first, counts.last, counts.episodes, counts.steps) == (0, 1, 2, 4)
    assert counts.counts.shape == (2, BINS) and counts.counts.sum(1).tolist() == [4, 4]
    assert (counts.counts[0, 0], counts.counts[0, -1], counts.counts[1, BINS // 2]) == (1, 2, 2)
    assert (counts.low.tolist(), counts.high.tolist()) == ([1, 0], [2, 1])
    np.testing.assert_array_equal(counts.saturated, [0.75, 0.25])


def test_that_choices_are_counted_with_their_entropy(counting: Counting) -> None:
    counting.add((1, 0), (0, 1), (0, 1), (0, 1), kind="discrete")
    counts = counting.counts
    assert counts.discrete and counts.counts.tolist() == [[1], [3]] and counts.saturated.tolist() == [0, 0]
    assert counts.entropy == pytest.approx(-0.25 * math.log(0.25) - 0.75 * math.log(0.75))


def test_that_only_the_newest_episodes_count_and_each_is_read_once(
    counting: Counting, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(EPISODES):
        counting.add((0, 0))
    assert counting.counts.episodes == EPISODES
    for _ in range(3):
        counting.add((1, 1))
    turns = 0
    while counting.worker.turn():
        turns += 1
    assert turns == 3
    counts = counting.counts
    assert (counts.first, counts.last, counts.episodes) == (3, EPISODES + 2, EPISODES)
    assert counts.high.tolist() == [3, 3]


def test_that_a_damaged_episode_is_left_out(counting: Counting, session: Session) -> None:
    counting.add((0, 0))
    counting.add((1, 1), (1, 1))
    (path,) = (session.status.get().folder / "episodes").glob("episode-000000-*")
    path.write_bytes(path.read_bytes()[:100])
    counts = counting.counts
    assert (counts.episodes, counts.steps) == (1, 2)
