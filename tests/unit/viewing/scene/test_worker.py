"""The workers of scenes, without a window; the test plays the trainer."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from dreamer_studio.dreams.dream import decode
from dreamer_studio.dreams.latents import dimensions
from dreamer_studio.replay import EpisodeStore
from dreamer_studio.replay.scenes import About, SavedScene, write_scene
from dreamer_studio.session import Session, State
from dreamer_studio.viewing.frame_ref import FrameRef
from dreamer_studio.viewing.scene.branches import Branches
from dreamer_studio.viewing.scene.messages import FILM_ACTS, Scene, SceneRequest
from dreamer_studio.viewing.scene.source import as_episode
from tests.support.idle_session import SPEC, agent, offer, row
from tests.support.scene_workers import SceneWorkers

REQUEST = SceneRequest(None, 5, 8, "sample", 0)


@pytest.fixture
def workers(session: Session) -> SceneWorkers:
    offer(session, 1)
    be(session, state=State.RUNNING)
    return SceneWorkers(session)


def be(session: Session, **changes: Any) -> None:
    session.status.put(dataclasses.replace(session.status.get(), **changes))


def play(session: Session, rows: int) -> None:
    """Play the first rows of an episode."""
    for index in range(rows):
        session.steps.append(row(index))


def store(session: Session, rows: int) -> None:
    episodes = EpisodeStore(session.status.get().folder / "episodes", 2**20)
    episodes.add(as_episode([row(index) for index in range(rows)]))
    be(session, replay_episodes=len(episodes))


def shown(view: Scene) -> list[int]:
    """Return the rows whose images are in Real: each image encodes its row."""
    return [int(image[0, 0, 0]) for image in view.real]


def test_that_the_context_is_the_frames_before_and_shorter_at_the_beginning_of_an_episode(
    workers: SceneWorkers,
    session: Session,
) -> None:
    play(session, 30)
    view = workers.answer(dataclasses.replace(REQUEST, origin=FrameRef(True, 0, 10)))
    assert (view.context, shown(view)) == (5, list(range(6, 19)))
    assert view.received.tolist() == list(range(6, 19))
    view = workers.answer(dataclasses.replace(REQUEST, origin=FrameRef(True, 0, 1)))
    assert (view.context, len(view.columns), shown(view)) == (2, 10, list(range(10)))


def test_that_after_a_fault_the_new_attempt_at_an_episode_is_shown(
    workers: SceneWorkers,
    session: Session,
) -> None:
    for index in (*range(9), *range(4)):
        session.steps.append(row(index))
    view = workers.answer(REQUEST)
    assert (view.origin.index, shown(view)) == (3, [0, 1, 2, 3])
    for index in range(4, 40):
        session.steps.append(row(index))
    workers.work()
    newest = workers.channels.frames.result
    assert newest is not None
    assert shown(newest) == list(range(12))  # no more than it has columns
    assert len(newest.received) == len(newest.columns)


def test_that_no_row_is_shown_twice_after_the_training_went_back_into_its_episode(
    workers: SceneWorkers,
    session: Session,
) -> None:
    for index in (*range(9), 5, 6, 7):
        session.steps.append(row(index))
    view = workers.answer(REQUEST)
    assert (view.context, shown(view), view.episode_rows) == (3, [5, 6, 7], 8)


def test_that_a_feed_which_begins_in_mid_episode_gives_a_shorter_context(
    workers: SceneWorkers,
    session: Session,
) -> None:
    workers.channels.scene.ask(REQUEST)
    assert not workers.turn()  # nothing has run yet: it waits
    session.steps.append(row(40))
    assert workers.turn()
    view = workers.channels.scene.result
    assert view is not None
    assert (view.context, shown(view)) == (1, [40])


def test_that_a_finished_run_is_dreamed_from_its_replay(
    workers: SceneWorkers,
    session: Session,
) -> None:
    be(session, state=State.FINISHED)
    assert workers.refusal(REQUEST) == "No episode is running, and none is stored yet."
    store(session, 20)
    view = workers.answer(REQUEST)
    assert view.origin == FrameRef(False, 0, 4)
    assert shown(view) == list(range(13))


def test_that_the_return_that_came_counts_rewards_after_the_columns_too(
    workers: SceneWorkers,
    session: Session,
) -> None:
    discount = session.status.get().config.discount
    store(session, 400)
    view = workers.answer(dataclasses.replace(REQUEST, origin=FrameRef(False, 0, 12)))
    expected = sum(discount**later * (8 + later) for later in range(392))
    assert view.came.value[0] == pytest.approx(expected)
    assert len(view.came) == len(view.real) == len(view.over) and view.came.complete.all()
    late = workers.answer(dataclasses.replace(REQUEST, origin=FrameRef(False, 0, 395)))
    assert not late.came.complete.any() and not late.over.any()  # the record ends, the episode was not over


def test_that_the_return_of_a_running_episode_grows_with_its_rewards(
    workers: SceneWorkers,
    session: Session,
) -> None:
    play(session, 30)
    view = workers.answer(dataclasses.replace(REQUEST, origin=FrameRef(True, 0, 10)))
    assert not view.came.complete.any() and len(view.real) == len(view.columns)
    session.steps.append(row(30))
    workers.work()
    newest = workers.channels.frames.result
    assert newest is not None and newest.growing  # its frames are all there, its return is not
    for index in range(31, 400):
        session.steps.append(row(index))
    workers.work()
    newest = workers.channels.frames.result
    assert newest is not None and newest.came.complete.all() and not newest.growing
    assert (newest.came.value > view.came.value).all() and len(newest.real) == len(view.real)


def test_that_an_episode_that_is_over_is_read_from_the_replay(
    workers: SceneWorkers,
    session: Session,
) -> None:
    store(session, 20)
    view = workers.answer(dataclasses.replace(REQUEST, origin=FrameRef(True, 0, 12)))
    assert view.origin == FrameRef(False, 0, 12)
    view = workers.answer(dataclasses.replace(REQUEST, origin=FrameRef(False, 0, 900)))
    assert view.origin.index == 19
    assert np.isfinite(view.columns.reward).all()


def test_that_a_watched_episode_is_read_from_the_feed(workers: SceneWorkers, session: Session) -> None:
    store(session, 20)
    be(session, watching=True)
    for index in range(100, 110):
        session.steps.append(row(index))
    assert shown(workers.answer(REQUEST))[0] == 105


def test_that_a_driven_step_is_the_models_prediction_and_leaves_its_scene_unchanged(
    workers: SceneWorkers, session: Session
) -> None:
    play(session, 30)
    view = workers.answer(REQUEST)
    before = view.model.copy()
    driven = workers.drive(view, 6)
    assert (len(driven.columns), driven.decoded, driven.context) == (8, 8, 5)
    assert driven.columns.driven.tolist() == [False] * 7 + [True]
    np.testing.assert_equal(driven.columns.reward[:7], view.columns.reward[:7])
    rssm = agent(1).world_model.rssm
    with torch.inference_mode():
        expected = rssm.img_step(rssm.state_at(workers.states.of(view.latents).feat[6:7]), torch.tensor([[0.5]]), None)
    torch.testing.assert_close(workers.states.of(driven.latents).feat[7, -rssm.deter_size :], expected.deter[0])
    assert not workers.turn()  # the same step is not taken twice
    workers.drive(view, 3)
    np.testing.assert_equal(view.model, before)  # the window may be reading it
    for _ in range(3, 30):
        driven = workers.drive(driven, len(driven.columns) - 1)
    assert (len(driven.columns), driven.decoded) == (35, 35)
    assert driven.model[34].any()
    np.testing.assert_equal(view.model, before)


def test_that_a_branch_driven_before_it_is_decoded_keeps_the_driven_steps(
    workers: SceneWorkers, session: Session
) -> None:
    play(session, 30)
    half = workers.begin(dataclasses.replace(REQUEST, length=60))
    assert half.decoded < len(half.columns)
    branches = Branches()
    branches.plant(half)
    branches.graft(half, half.context, "dreamed on")

    def on_show() -> Scene:
        assert branches.shown is not None
        return branches.shown.scene

    workers.channels.frames.ask(on_show())
    last = on_show().decoded - 1
    driven = workers.drive(on_show(), last)
    workers.turn()  # the window has not taken the step yet: more of what was there is drawn
    late = workers.channels.frames.result
    assert late is not None and late.decoded > half.decoded
    for scene in (driven, late):
        assert branches.grow(scene)
    assert on_show().whole
    assert (len(on_show().columns), int(on_show().columns.driven.sum())) == (last + 2, 1)
    with torch.inference_mode():
        state = workers.states.of(driven.latents)
        expected = decode(state.agent, state.feat[-1:])
    np.testing.assert_equal(on_show().model[last + 1 : last + 2], expected)


def test_that_rewards_are_shown_as_the_model_learns_them(workers: SceneWorkers, session: Session) -> None:
    be(session, config=dataclasses.replace(session.status.get().config, clip_rewards="tanh"))
    play(session, 10)
    np.testing.assert_allclose(workers.answer(REQUEST).received, np.tanh(np.arange(5.0, 10.0)))


def test_that_a_scene_shown_again_is_decoded_to_its_end_with_its_own_weights(
    workers: SceneWorkers, session: Session
) -> None:
    play(session, 30)
    request = dataclasses.replace(REQUEST, length=40)
    half = workers.begin(request)
    assert half.decoded < len(half.columns)
    offer(session, 2)
    newer = workers.answer(REQUEST)
    whole = workers.complete(half)
    assert (whole.request, whole.update, newer.update) == (request, 1, 2)
    with torch.inference_mode():
        state = workers.states.of(half.latents)
        expected = decode(state.agent, state.feat)
    np.testing.assert_equal(whole.model, expected)
    assert state.agent is not workers.states.of(newer.latents).agent


def test_that_an_opened_scene_is_dreamed_from_and_one_with_other_actions_is_refused(
    workers: SceneWorkers,
    session: Session,
    tmp_path: Path,
) -> None:
    be(session, spec=SPEC)
    path = tmp_path / "a.scene.npz"
    rows = as_episode([row(index) for index in range(100, 130)])
    write_scene(path, SavedScene(About("gym:Other-v0", "continuous", ("torque",), 7, 100, 12, 30), rows))
    view = workers.answer(dataclasses.replace(REQUEST, origin=FrameRef(False, 0, -1, str(path))))
    assert view.origin == FrameRef(
        False, 7, 112, str(path)
    )  # the frame that it was saved for, by its row in the episode
    assert shown(view) == list(range(108, 121))
    assert (view.context, view.first_row, view.episode_rows) == (5, 108, 130)
    for asked, there in ((900, 129), (7, 100)):
        view = workers.answer(dataclasses.replace(REQUEST, origin=FrameRef(False, 7, asked, str(path))))
        assert (view.origin.index, shown(view)[view.context - 1]) == (there, there)
    write_scene(path.with_name("b"), SavedScene(About("gym:Cart", "discrete", ("torque",), 7, 100, 12, 30), rows))
    path.with_name("c").write_bytes(b"PK")
    for name, problem in (
        ("b", "b is of gym:Cart, whose actions are 1 discrete; those of gym:Pendulum-v1 are 1 continuous."),
        ("c", "c is not a scene file (.scene.npz), or is damaged."),
    ):
        refused = dataclasses.replace(REQUEST, origin=FrameRef(False, 0, -1, str(tmp_path / name)))
        assert workers.refusal(refused) == problem
    shown_still = workers.channels.scene.result
    assert shown_still is not None and shown_still.number == view.number


def test_that_a_new_answer_is_not_overwritten_by_the_growing_record_of_the_scene_before(
    workers: SceneWorkers, session: Session
) -> None:
    play(session, 20)
    before = workers.answer(REQUEST)
    newer = workers.begin(dataclasses.replace(REQUEST, origin=FrameRef(True, 0, 10)))
    session.steps.append(row(20))  # the scene that the window still shows has grown
    workers.work()
    more = workers.channels.frames.result
    assert more is not None and (more.number, len(more.real)) == (before.number, len(before.real) + 1)
    assert workers.channels.scene.result is newer


def test_that_a_branch_from_within_the_context_has_posteriors_only_up_to_there(
    workers: SceneWorkers, session: Session
) -> None:
    play(session, 20)
    view = workers.answer(REQUEST)
    driven = workers.drive(view, 2)
    state = workers.states.of(driven.latents)
    known = dimensions(state.agent, state.feat, state.posterior)
    assert (driven.context, len(known.mean), len(known.sample)) == (3, 3, 4)
    np.testing.assert_allclose(known.kl.sum(-1), driven.columns.kl[:3], rtol=1e-3)


def test_that_the_actions_of_a_dream_given_back_dream_the_same_again(workers: SceneWorkers, session: Session) -> None:
    store(session, 40)
    request = dataclasses.replace(REQUEST, origin=FrameRef(False, 0, 10), seed=3)
    first = workers.answer(request)
    given = tuple(tuple(map(float, action)) for action in first.columns.action[first.context :])
    again = workers.answer(dataclasses.replace(request, actions=given))
    np.testing.assert_array_equal(again.columns.action, first.columns.action)
    np.testing.assert_array_equal(again.columns.reward, first.columns.reward)
    np.testing.assert_array_equal(again.model, first.model)
    assert again.acts_at(first.context) == FILM_ACTS and again.recorded == first.context
    turned = tuple(tuple(-number for number in action) for action in given[:3])
    other = workers.answer(dataclasses.replace(request, actions=turned))
    np.testing.assert_array_equal(other.columns.action[first.context : first.context + 3], np.array(turned, np.float32))
    assert other.acts_at(first.context + 2) == FILM_ACTS != other.acts_at(first.context + 3)


def test_that_actions_of_another_task_are_refused(workers: SceneWorkers, session: Session) -> None:
    store(session, 40)
    request = dataclasses.replace(REQUEST, origin=FrameRef(False, 0, 10), actions=((0.0,) * 7,))
    assert "actions have 7 numbers" in workers.refusal(request)
