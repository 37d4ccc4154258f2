"""The search for frames that the model is most wrong about, without a window; the test plays the trainer."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from dreamer_studio.replay import Episode, EpisodeStore
from dreamer_studio.replay.bookmarks import Bookmark
from dreamer_studio.session import Session
from dreamer_studio.viewing.replay.frame_search import FIRST_ROWS, MOST_OF_A_KIND, FrameSearch
from dreamer_studio.viewing.replay.messages import KeepFound, ReplayChannels, Search, SearchRequest
from dreamer_studio.viewing.scene.source import SceneSource
from tests.support.idle_session import offer
from tests.support.small_runs import CPU

ROWS = 40


@pytest.fixture
def channels() -> ReplayChannels:
    return ReplayChannels()


@pytest.fixture
def worker(session: Session, channels: ReplayChannels) -> FrameSearch:
    offer(session, 7)
    return FrameSearch(session, SceneSource(session), CPU, channels.search, channels.commands)


def episode(rows: int = ROWS) -> Episode:
    """Return an episode in which nothing happens."""
    zeros = np.zeros(rows, np.float32)
    image = np.full((rows, 64, 64, 3), 128, np.uint8)
    steps = np.ones(rows, np.int32)
    return Episode(image, zeros[:, None], zeros, zeros + 1, zeros > 0, steps)


def store(session: Session, *episodes: Episode) -> None:
    stored = EpisodeStore(session.status.get().folder / "episodes", 0)
    for each in episodes:
        stored.add(each)
    session.status.put(dataclasses.replace(session.status.get(), replay_episodes=len(stored)))


def search(worker: FrameSearch, channels: ReplayChannels) -> Search:
    generation = channels.search.ask(SearchRequest())
    while worker.turn():
        pass
    answer = channels.search.newest()
    assert answer is not None and (answer.generation, answer.done) == (generation, True)
    assert answer.result is not None and answer.result.over
    return answer.result


def best(search: Search, kind: str) -> Bookmark:
    return next(each for each in search.found if each.kind == kind)


def test_that_the_frames_that_the_model_is_most_wrong_about_are_found(
    worker: FrameSearch, channels: ReplayChannels, session: Session
) -> None:
    episodes = [episode(), episode(), episode(8), episode(FIRST_ROWS)]
    episodes[0].reward[31] = 50.0
    episodes[1].image[22] = np.random.default_rng(0).integers(256, size=(64, 64, 3))
    episodes[1].reward[2] = 99.0  # among the first rows
    store(session, *episodes)
    over = search(worker, channels)
    assert (over.done, over.episodes, over.update) == (4, 4, 7)
    assert best(over, "reward").frame == (0, 31, "reward")
    assert best(over, "reward").value == pytest.approx(50.0, abs=1.0)
    assert best(over, "image").frame == (1, 22, "image")
    assert {each.update for each in over.found} == {7}
    assert channels.commands.take() == KeepFound(over.found)
    assert not worker.turn()


def test_that_the_worst_frames_are_kept_at_most_one_of_each_episode(
    worker: FrameSearch, channels: ReplayChannels, session: Session
) -> None:
    episodes = [episode(12) for _ in range(8)]
    for number, each in enumerate(episodes):
        each.reward[7:9] = 10.0 * number
    store(session, *episodes)
    rewards = [each for each in search(worker, channels).found if each.kind == "reward"]
    assert len(rewards) == MOST_OF_A_KIND
    assert [each.episode for each in rewards] == [7, 6, 5, 4, 3]
    values = [each.value or 0.0 for each in rewards]
    assert values == sorted(values, reverse=True)


def test_that_a_stopped_search_keeps_what_it_found(
    worker: FrameSearch, channels: ReplayChannels, session: Session
) -> None:
    store(session, episode(12), episode(12), episode(ROWS))
    channels.search.ask(SearchRequest())
    while (found := channels.search.result) is None or not found.found:
        assert worker.turn()
    channels.search.ask(SearchRequest(stop=True))
    assert worker.turn()
    assert not worker.turn()
    over = channels.search.result
    assert over is not None and over.over and (over.done, over.episodes) == (1, 3)
    assert channels.commands.take() == KeepFound(over.found)
    assert search(worker, channels).done == 3  # the next one begins again


def test_that_a_damaged_episode_is_skipped(worker: FrameSearch, channels: ReplayChannels, session: Session) -> None:
    store(session, episode(12), episode(12))
    next((session.status.get().folder / "episodes").glob("episode-000001*")).write_bytes(b"nothing")
    over = search(worker, channels)
    assert {each.episode for each in over.found} == {0}
    assert over.done == 2


def test_that_a_search_in_an_empty_replay_finds_nothing(worker: FrameSearch, channels: ReplayChannels) -> None:
    assert search(worker, channels).found == ()
    assert channels.commands.take() is None
