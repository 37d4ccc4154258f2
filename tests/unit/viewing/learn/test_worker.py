"""The worker of Learn, without a window; the test plays the trainer."""

from __future__ import annotations

import numpy as np
import pytest

from dreamer_studio.replay import Episode
from dreamer_studio.session import Session
from dreamer_studio.viewing.channel import Channel
from dreamer_studio.viewing.learn.messages import LearnRequest, LearnResult
from dreamer_studio.viewing.learn.messages.reconstruction import ReconstructionRequest, ReconstructionResult
from dreamer_studio.viewing.learn.scene import LENGTH, FixedScenes
from dreamer_studio.viewing.learn.worker import LearnWorker
from dreamer_studio.viewing.scene.source import as_episode
from dreamer_studio.viewing.worker import CannotAnswerError
from tests.support.idle_session import offer, row
from tests.support.library import Library
from tests.support.small_runs import CPU


def episode(rows: int) -> Episode:
    return as_episode([row(index) for index in range(rows)])


class Learner:
    """The worker and its channel."""

    def __init__(self, session: Session) -> None:
        self.channel: Channel[LearnRequest, LearnResult] = Channel()
        self.worker = LearnWorker(session, CPU, self.channel)

    def look(self, scene: int = 0) -> ReconstructionResult:
        self.channel.stand(ReconstructionRequest(scene))
        self.worker.turn()
        result = self.channel.result
        assert isinstance(result, ReconstructionResult)
        return result


@pytest.fixture
def learner(session: Session) -> Learner:
    return Learner(session)


def test_that_a_scene_stays_the_same_while_the_weights_and_the_replay_change(
    learner: Learner, session: Session, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dreamer_studio.viewing.throttle.time.monotonic", iter(range(10_000)).__next__)
    library.store(episode(60))
    offer(session, 1)
    first = learner.look()
    assert (first.update, first.origin.episode, len(first.real)) == (1, 0, LENGTH)
    assert first.trained.shape == first.untrained.shape == first.real.shape
    library.store(episode(60))
    offer(session, 2)
    second = learner.look()
    assert (second.update, second.origin) == (2, first.origin)
    assert np.array_equal(second.real, first.real) and np.array_equal(second.untrained, first.untrained)
    assert not np.array_equal(second.trained, first.trained)
    assert learner.look(1).origin != first.origin


def test_that_a_short_episode_gives_a_short_scene_and_no_episode_a_reason(
    learner: Learner, session: Session, library: Library
) -> None:
    offer(session, 1)
    learner.channel.stand(ReconstructionRequest(0))
    with pytest.raises(CannotAnswerError, match="No episode is stored yet"):
        learner.worker.turn()
    library.store(episode(5))
    assert len(learner.look().real) == 5
    assert FixedScenes(session).find(12)[0].index == 0
