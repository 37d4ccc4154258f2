"""The workers of the live view: they follow the episode, and dream with one snapshot at a time."""

from __future__ import annotations

import dataclasses
import weakref

import numpy as np
import pytest
import torch
from torch import Tensor

from dreamer_studio.arrays import Images
from dreamer_studio.dreamer.agent import Agent
from dreamer_studio.dreams.dream import decode
from dreamer_studio.session import Session
from dreamer_studio.viewing.live import dream_worker
from dreamer_studio.viewing.live.follower import MOST_AT_ONCE, REFILTER_FRAMES, REFILTER_SECONDS
from tests.support.idle_session import offer, row
from tests.support.live import Live


def test_that_all_frames_of_a_dream_are_decoded_with_the_weights_that_dreamed_it(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    dreamer = offer(session, 1)
    live = Live(session)
    session.steps.append(row(0))
    live.channels.dream.ask(40)
    live.turn()
    first = live.dream
    assert 0 < first.decoded < first.length
    dreamed = []

    def decode_and_note(agent: Agent, feat: Tensor) -> Images:
        dreamed.append(feat)
        return decode(agent, feat)

    monkeypatch.setattr(dream_worker, "decode", decode_and_note)
    offer(session, 2)
    while live.dream.decoded < 40:
        live.turn()
    done = live.dream
    assert done.update == 1
    np.testing.assert_array_equal(done.frames[first.decoded :], decode(dreamer, torch.cat(dreamed)))
    live.channels.dream.ask(5)
    live.turn()
    assert live.dream.update == 2


def test_that_a_stream_of_new_frames_does_not_keep_dreams_from_starting(session: Session) -> None:
    offer(session, 1)
    live = Live(session)
    for index in range(10):
        session.steps.append(row(index))
        live.channels.dream.ask(5)
        live.turn()
    assert live.dream.number >= 9


def test_that_the_time_axis_starts_over_when_an_episode_is_played_again(session: Session) -> None:
    offer(session, 1)
    live = Live(session)
    live.take((0, 1, 2))
    live.take((3, 0, 1))
    assert live.result.x.tolist() == [0, 1]
    assert live.result.reward.tolist() == [0, 1]
    assert np.isfinite(live.result.predicted).all()


def test_that_the_numbers_of_a_long_episode_are_kept_and_its_images_are_freed(session: Session) -> None:
    live = Live(session)
    images = []
    for index in range(1200):
        step = row(index % 250)
        images.append(weakref.ref(step.time_step))
        session.steps.append(dataclasses.replace(step, index=index))
        live.turn()
    assert live.result.x.tolist() == list(range(1200))
    session.steps.clear()
    assert sum(image() is not None for image in images) <= REFILTER_FRAMES + 1


def test_that_the_time_axis_starts_over_after_the_training_went_back_into_the_episode(session: Session) -> None:
    offer(session, 1)
    live = Live(session)
    live.take(range(8))
    for index in (5, 6):
        session.steps.append(row(index))
        live.turn()
    assert live.result.x.tolist() == live.result.reward.tolist() == [5, 6]
    assert np.isfinite(live.result.predicted).all()
    live.take((7, 6, 7, 8))
    assert live.result.x.tolist() == [6, 7, 8]


def test_that_the_model_sees_only_the_last_of_many_missed_frames(session: Session) -> None:
    offer(session, 1)
    live = Live(session)
    for index in range(3):
        session.steps.append(row(index))
        live.turn()
    live.take(range(3, 200))
    assert live.result.reconstruction is not None
    assert live.result.x.tolist() == list(range(200))
    assert np.flatnonzero(np.isfinite(live.result.predicted)).tolist() == [0, 1, 2, *range(200 - REFILTER_FRAMES, 200)]
    live.take(range(200, 200 + MOST_AT_ONCE))
    assert np.isfinite(live.result.predicted[200:]).all()


def test_that_a_dream_that_was_hidden_half_decoded_is_replaced_later_by_one_of_newer_weights(session: Session) -> None:
    offer(session, 1)
    live = Live(session)
    live.channels.dream.ask(40)
    live.take((0,))
    assert 0 < live.dream.decoded < 40
    hidden = live.dream
    live.channels.live.visible = live.channels.dream.visible = False
    offer(session, 2)
    for _ in range(5):
        live.turn()
    assert live.dream is hidden
    live.channels.live.visible = live.channels.dream.visible = True
    live.take((1,))
    assert (live.dream.update, live.dream.index, live.dream.number) == (2, 1, hidden.number + 1)


def test_that_the_newest_row_is_seen_again_with_newer_weights_while_no_new_one_comes(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 100.0
    monkeypatch.setattr("dreamer_studio.viewing.live.follower.time.monotonic", lambda: now)
    monkeypatch.setattr("dreamer_studio.viewing.throttle.time.monotonic", lambda: now)
    offer(session, 1)
    live = Live(session)
    live.take((0, 1, 2))
    first = live.result
    offer(session, 2)
    live.turn()
    assert live.result is first
    now += REFILTER_SECONDS + 0.1
    live.turn()
    assert live.result.update == 2
    assert live.result.predicted[-1] != first.predicted[-1]
    np.testing.assert_array_equal(live.result.predicted[:-1], first.predicted[:-1])
    assert not np.array_equal(live.result.reconstruction, first.reconstruction)  # type: ignore[arg-type]
    again = live.result
    now += REFILTER_SECONDS + 0.1
    live.turn()
    assert live.result is again  # the weights are the same still


def test_that_the_live_workers_draw_nothing_from_the_process_wide_stream(session: Session) -> None:
    offer(session, 1)
    live = Live(session)
    before = torch.random.get_rng_state()
    for index in range(5):
        session.steps.append(row(index))
        live.channels.dream.ask(20)
        live.turn()
    assert torch.equal(torch.random.get_rng_state(), before)


def test_that_the_last_finished_episode_stays_with_its_numbers(session: Session) -> None:
    offer(session, 1)
    live = Live(session)
    live.take(range(3))
    assert live.result.finished is None
    for each in (row(3), row(4, end="terminated"), row(0, 1), row(1, 1)):
        session.steps.append(each)
    live.turn()  # the end and the next episode arrive at once
    finished = live.result.finished
    assert finished is not None and (finished.episode, finished.end) == (0, "terminated")
    assert finished.x.tolist() == finished.reward.tolist() == [0, 1, 2, 3, 4]
    assert np.isfinite(finished.predicted).all() and np.isfinite(finished.value).all()
    assert live.result.x.tolist() == [0, 1]
    session.steps.append(row(0, 1))  # the same episode begins again
    live.turn()
    assert live.result.finished is finished


def test_that_an_episode_which_was_not_followed_from_its_reset_is_not_kept(session: Session) -> None:
    live = Live(session)
    for each in (row(3), row(4, end="truncated"), row(0, 1)):
        session.steps.append(each)
    live.turn()
    assert live.result.finished is None
