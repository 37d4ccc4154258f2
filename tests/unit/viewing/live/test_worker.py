"""What looks on, without a window: it follows, it dreams, and a dream is of one piece."""

from __future__ import annotations

import dataclasses
import weakref
from collections.abc import Iterable

import numpy as np
import pytest
import torch

from dreamer_studio.dreams.dream import decode
from dreamer_studio.session import Session
from dreamer_studio.viewing.channels import Channels
from dreamer_studio.viewing.live.worker import MOST_AT_ONCE, REFILTER_FRAMES, LiveWorker
from tests.support.idle_session import offer, row
from tests.support.small_runs import CPU


def take(session: Session, inspector: LiveWorker, indices: Iterable[int]) -> None:
    """Let it take in these rows of an episode at once."""
    for index in indices:
        session.steps.append(row(index))
    inspector.turn()


def test_that_all_frames_of_a_dream_are_decoded_with_the_weights_that_dreamed_it(session: Session) -> None:
    dreamer = offer(session, 1)
    channels = Channels()
    inspector = LiveWorker(session, CPU, channels)
    session.steps.append(row(0))
    channels.request.put(40)
    inspector.turn()
    first = channels.dreams.get()
    assert first is not None and 0 < first.decoded < first.length
    feat = inspector._making.dream.states.feat[:, 0]  # type: ignore[union-attr]
    offer(session, 2)
    while channels.dreams.get().decoded < 40:  # type: ignore[union-attr]
        inspector.turn()
    done = channels.dreams.get()
    assert done is not None and done.update == 1
    np.testing.assert_array_equal(done.frames, decode(dreamer, feat))
    channels.request.put(5)
    inspector.turn()
    assert channels.dreams.get().update == 2  # type: ignore[union-attr]


def test_that_a_stream_of_new_frames_does_not_keep_dreams_from_beginning(session: Session) -> None:
    offer(session, 1)
    channels = Channels()
    inspector = LiveWorker(session, CPU, channels)
    for index in range(10):
        session.steps.append(row(index))
        channels.request.put(5)
        inspector.turn()
    dream = channels.dreams.get()
    assert dream is not None and dream.number >= 9


def test_that_the_time_axis_begins_anew_when_an_episode_is_played_again(session: Session) -> None:
    offer(session, 1)
    channels = Channels()
    inspector = LiveWorker(session, CPU, channels)
    take(session, inspector, (0, 1, 2))
    take(session, inspector, (3, 0, 1))
    live = channels.live.get()
    assert live is not None
    assert live.x.tolist() == [0, 1]
    assert live.reward.tolist() == [0, 1]
    assert np.isfinite(live.predicted).all()


def test_that_of_a_long_episode_the_numbers_are_kept_and_the_images_are_not(session: Session) -> None:
    channels = Channels()
    inspector = LiveWorker(session, CPU, channels)
    images = []
    for index in range(1200):
        step = row(index % 250)
        images.append(weakref.ref(step.time_step))
        session.steps.append(dataclasses.replace(step, index=index))
        inspector.turn()
    live = channels.live.get()
    assert live is not None
    assert live.x.tolist() == list(range(1200))
    session.steps.clear()
    assert sum(image() is not None for image in images) <= REFILTER_FRAMES + 1


def test_that_the_time_axis_begins_anew_where_a_training_went_back_into_the_episode(session: Session) -> None:
    offer(session, 1)
    channels = Channels()
    inspector = LiveWorker(session, CPU, channels)
    take(session, inspector, range(8))
    for index in (5, 6):
        session.steps.append(row(index))
        inspector.turn()
    live = channels.live.get()
    assert live is not None
    assert live.x.tolist() == live.reward.tolist() == [5, 6]
    assert np.isfinite(live.predicted).all()
    take(session, inspector, (7, 6, 7, 8))
    assert channels.live.get().x.tolist() == [6, 7, 8]  # type: ignore[union-attr]


def test_that_of_many_frames_that_were_missed_the_model_sees_no_more_than_the_last(session: Session) -> None:
    offer(session, 1)
    channels = Channels()
    inspector = LiveWorker(session, CPU, channels)
    for index in range(3):
        session.steps.append(row(index))
        inspector.turn()
    take(session, inspector, range(3, 200))
    live = channels.live.get()
    assert live is not None and live.reconstruction is not None
    assert live.x.tolist() == list(range(200))
    assert np.flatnonzero(np.isfinite(live.predicted)).tolist() == [0, 1, 2, *range(200 - REFILTER_FRAMES, 200)]
    take(session, inspector, range(200, 200 + MOST_AT_ONCE))
    live = channels.live.get()
    assert live is not None and np.isfinite(live.predicted[200:]).all()


@pytest.mark.parametrize(("by_then", "length"), [(None, 5), (7, 7)])
def test_that_a_dream_that_failed_is_dreamed_later_unless_another_one_is_wanted_by_then(
    session: Session, monkeypatch: pytest.MonkeyPatch, by_then: int | None, length: int
) -> None:
    offer(session, 1)
    channels = Channels()
    inspector = LiveWorker(session, CPU, channels)
    session.steps.append(row(0))
    channels.request.put(5)

    def fail(*_: object) -> None:
        channels.request.put(by_then)
        raise MemoryError

    with monkeypatch.context() as patch, pytest.raises(MemoryError):
        patch.setattr("dreamer_studio.viewing.live.worker.dream", fail)
        inspector.turn()
    inspector.turn()
    dreamed = channels.dreams.get()
    assert dreamed is not None and (dreamed.length, channels.request.get()) == (length, None)


def test_that_the_view_draws_nothing_from_the_process_wide_stream(session: Session) -> None:
    offer(session, 1)
    channels = Channels()
    inspector = LiveWorker(session, CPU, channels)
    before = torch.random.get_rng_state()
    for index in range(5):
        session.steps.append(row(index))
        channels.request.put(20)
        inspector.turn()
    assert torch.equal(torch.random.get_rng_state(), before)
