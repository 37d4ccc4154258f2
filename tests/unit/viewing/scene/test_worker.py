"""What meets a request for a scene, without a window; the test plays the trainer."""

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
from dreamer_studio.viewing.channels import Channels
from dreamer_studio.viewing.frame_ref import FrameRef
from dreamer_studio.viewing.scene.branches import Branches
from dreamer_studio.viewing.scene.messages import DriveStep, Scene, SceneFailure, SceneRequest
from dreamer_studio.viewing.scene.source import as_episode
from dreamer_studio.viewing.scene.states import SceneStates
from dreamer_studio.viewing.scene.worker import SceneWorker
from tests.support.idle_session import SPEC, agent, offer, row
from tests.support.small_runs import CPU

WISH = SceneRequest(1, None, 5, 8, "sample", 0)


@pytest.fixture
def channels() -> Channels:
    return Channels()


@pytest.fixture
def states() -> SceneStates:
    return SceneStates()


@pytest.fixture
def desk(session: Session, channels: Channels, states: SceneStates) -> SceneWorker:
    offer(session, 1)
    be(session, state=State.RUNNING)
    return SceneWorker(session, CPU, channels, states)


def be(session: Session, **changes: Any) -> None:
    session.status.put(dataclasses.replace(session.status.get(), **changes))


def play(session: Session, rows: int) -> None:
    """The first rows of an episode."""
    for index in range(rows):
        session.steps.append(row(index))


def store(session: Session, rows: int) -> None:
    episodes = EpisodeStore(session.status.get().folder / "episodes", 2**20)
    episodes.add(as_episode([row(index) for index in range(rows)]))
    be(session, replay_episodes=len(episodes))


def answer(desk: SceneWorker, channels: Channels, request: SceneRequest) -> Scene:
    channels.scene_request.put(request)
    desk._extended_at = 0.0
    while desk.turn():
        pass
    view = channels.scenes.get()
    assert view is not None and view.request.number == request.number, channels.scene_problem.get()
    assert view.decoded == len(view.columns)
    return view


def shown(view: Scene) -> list[int]:
    """The rows whose images stand in Real: each image says which it is."""
    return [int(image[0, 0, 0]) for image in view.real]


def test_that_the_context_is_what_came_before_and_shorter_at_the_beginning(
    desk: SceneWorker,
    channels: Channels,
    session: Session,
) -> None:
    play(session, 30)
    view = answer(desk, channels, dataclasses.replace(WISH, origin=FrameRef(True, 0, 10)))
    assert (view.context, shown(view)) == (5, list(range(6, 19)))
    assert view.received.tolist() == list(range(6, 19))
    view = answer(desk, channels, dataclasses.replace(WISH, number=2, origin=FrameRef(True, 0, 1)))
    assert (view.context, len(view.columns), shown(view)) == (2, 10, list(range(10)))


def test_that_of_an_episode_begun_anew_after_a_fault_the_new_attempt_is_shown(
    desk: SceneWorker,
    channels: Channels,
    session: Session,
) -> None:
    for index in (*range(9), *range(4)):
        session.steps.append(row(index))
    view = answer(desk, channels, WISH)
    assert (view.origin.index, shown(view)) == (3, [0, 1, 2, 3])
    for index in range(4, 40):
        session.steps.append(row(index))
    desk._extended_at = 0.0
    desk.turn()
    newest = channels.scenes.get()
    assert newest is not None
    assert shown(newest) == list(range(12))  # no more than it has columns
    assert len(newest.received) == len(newest.columns)


def test_that_of_an_episode_that_a_training_went_back_into_no_row_is_shown_twice(
    desk: SceneWorker,
    channels: Channels,
    session: Session,
) -> None:
    for index in (*range(9), 5, 6, 7):
        session.steps.append(row(index))
    view = answer(desk, channels, WISH)
    assert (view.context, shown(view), view.episode_rows) == (3, [5, 6, 7], 8)


def test_that_a_feed_which_begins_in_mid_episode_gives_a_shorter_context(
    desk: SceneWorker,
    channels: Channels,
    session: Session,
) -> None:
    channels.scene_request.put(WISH)
    assert not desk.turn()  # nothing has run yet: it waits
    session.steps.append(row(40))
    view = answer(desk, channels, WISH)
    assert (view.context, shown(view)) == (1, [40])


def test_that_a_run_that_does_not_run_is_dreamed_of_from_its_replay(
    desk: SceneWorker,
    channels: Channels,
    session: Session,
) -> None:
    be(session, state=State.FINISHED)
    channels.scene_request.put(WISH)
    desk.turn()
    assert channels.scene_problem.get() == SceneFailure(
        1, "No episode is running, and none is stored yet.", frame_gone=True
    )
    store(session, 20)
    view = answer(desk, channels, dataclasses.replace(WISH, number=2))
    assert view.origin == FrameRef(False, 0, 4)
    assert shown(view) == list(range(13))


def test_that_an_episode_that_is_over_is_read_from_the_replay(
    desk: SceneWorker,
    channels: Channels,
    session: Session,
) -> None:
    store(session, 20)
    view = answer(desk, channels, dataclasses.replace(WISH, origin=FrameRef(True, 0, 12)))
    assert view.origin == FrameRef(False, 0, 12)
    view = answer(desk, channels, dataclasses.replace(WISH, number=2, origin=FrameRef(False, 0, 900)))
    assert view.origin.index == 19
    assert np.isfinite(view.columns.reward).all()


def test_that_a_watched_episode_stays_in_the_feed(desk: SceneWorker, channels: Channels, session: Session) -> None:
    store(session, 20)
    be(session, watching=True)
    for index in range(100, 110):
        session.steps.append(row(index))
    assert shown(answer(desk, channels, WISH))[0] == 105


def drive(desk: SceneWorker, channels: Channels, scene: Scene, number: int, column: int) -> Scene:
    channels.drive_step.put(DriveStep(number, scene, column, np.array([0.5], np.float32)))
    assert desk.turn()
    driven = channels.driven.get()
    assert driven is not None and driven.step == number
    return driven


def test_that_a_driven_step_is_the_model_s_own_and_leaves_the_scene_that_it_is_from_alone(
    desk: SceneWorker,
    channels: Channels,
    session: Session,
    states: SceneStates,
) -> None:
    play(session, 30)
    view = answer(desk, channels, WISH)
    before = view.model.copy()
    driven = drive(desk, channels, view, 1, 6)
    assert (len(driven.columns), driven.decoded, driven.context) == (8, 8, 5)
    assert driven.columns.driven.tolist() == [False] * 7 + [True]
    np.testing.assert_equal(driven.columns.reward[:7], view.columns.reward[:7])
    rssm = agent(1).world_model.rssm
    with torch.inference_mode():
        expected = rssm.img_step(rssm.state_at(states.of(view.latents).feat[6:7]), torch.tensor([[0.5]]), None)
    torch.testing.assert_close(states.of(driven.latents).feat[7, -rssm.deter_size :], expected.deter[0])
    assert not desk.turn()  # the same step is not taken twice
    drive(desk, channels, view, 2, 3)
    np.testing.assert_equal(view.model, before)  # the window may be reading it
    for number in range(3, 30):
        driven = drive(desk, channels, driven, number, len(driven.columns) - 1)
    assert (len(driven.columns), driven.decoded) == (35, 35)
    assert driven.model[34].any()
    np.testing.assert_equal(view.model, before)


def test_that_a_branch_that_is_driven_on_before_all_of_it_is_drawn_keeps_what_was_driven(
    desk: SceneWorker,
    channels: Channels,
    session: Session,
    states: SceneStates,
) -> None:
    play(session, 30)
    channels.scene_request.put(dataclasses.replace(WISH, length=60))
    desk.turn()
    half = channels.scenes.get()
    assert half is not None and half.decoded < len(half.columns)
    branches = Branches()
    branches.plant(half)
    branches.graft(half, half.context, "dreamed on")

    def on_show() -> Scene:
        assert branches.shown is not None
        return branches.shown.scene

    channels.scene.put(on_show())
    last = on_show().decoded - 1
    driven = drive(desk, channels, on_show(), 1, last)
    desk.turn()  # the window has not taken the step yet: more of what was there is drawn
    late = channels.scenes.get()
    assert late is not None and late.decoded > half.decoded
    for scene in (driven, late):
        assert branches.grow(scene)
    channels.scene.put(on_show())
    assert not desk.turn()  # nothing is left to be drawn
    assert (len(on_show().columns), int(on_show().columns.driven.sum())) == (last + 2, 1)
    with torch.inference_mode():
        state = states.of(driven.latents)
        expected = decode(state.agent, state.feat[-1:])
    np.testing.assert_equal(on_show().model[last + 1 : last + 2], expected)


def test_that_rewards_are_shown_as_the_model_learns_them(
    desk: SceneWorker, channels: Channels, session: Session
) -> None:
    be(session, config=dataclasses.replace(session.status.get().config, clip_rewards="tanh"))
    play(session, 10)
    np.testing.assert_allclose(answer(desk, channels, WISH).received, np.tanh(np.arange(5.0, 10.0)))


def test_that_a_request_and_a_step_that_fail_are_answered_and_the_scene_on_show_can_be_driven_on(
    desk: SceneWorker,
    channels: Channels,
    session: Session,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(*_: object) -> None:
        raise MemoryError

    play(session, 30)
    view = answer(desk, channels, WISH)
    channels.scene_request.put(dataclasses.replace(WISH, number=2))
    with monkeypatch.context() as patch, pytest.raises(MemoryError):
        patch.setattr("dreamer_studio.viewing.scene.worker.roll_out_scene", fail)
        desk.turn()
    assert channels.scene_problem.get() == SceneFailure(
        2, "This dream failed; another one can be asked for.", frame_gone=False
    )
    channels.drive_step.put(DriveStep(1, view, 6, np.array([0.5], np.float32)))
    with monkeypatch.context() as patch, pytest.raises(MemoryError):
        patch.setattr("dreamer_studio.viewing.scene.worker.drive", fail)
        desk.turn()
    assert channels.drive_failed.get() == 1
    assert drive(desk, channels, view, 2, 6).decoded == 8


def test_that_a_scene_that_is_shown_again_is_decoded_to_its_end_with_its_own_weights(
    desk: SceneWorker,
    channels: Channels,
    session: Session,
    states: SceneStates,
) -> None:
    play(session, 30)
    request = dataclasses.replace(WISH, length=40)
    channels.scene_request.put(request)
    desk.turn()
    half = channels.scenes.get()
    assert half is not None and half.decoded < len(half.columns)
    offer(session, 2)
    desk._latest._asked_at = 0.0
    answer(desk, channels, dataclasses.replace(WISH, number=2))
    channels.scene.put(channels.scenes.get())  # the window has taken the answer, and then goes back
    desk.turn()
    channels.scene.put(half)
    while desk.turn():
        pass
    whole = channels.scenes.get()
    assert whole is not None and (whole.request, whole.decoded) == (request, len(whole.columns))
    with torch.inference_mode():
        state = states.of(half.latents)
        expected = decode(state.agent, state.feat)
    np.testing.assert_equal(whole.model, expected)
    assert state.agent is not desk._latest.agent


def test_that_an_opened_scene_is_dreamed_from_and_one_of_other_actions_is_refused(
    desk: SceneWorker,
    channels: Channels,
    session: Session,
    tmp_path: Path,
) -> None:
    be(session, spec=SPEC)
    path = tmp_path / "a.scene.npz"
    rows = as_episode([row(index) for index in range(100, 130)])
    write_scene(path, SavedScene(About("gym:Other-v0", "continuous", ("torque",), 7, 100, 12, 30), rows))
    view = answer(desk, channels, dataclasses.replace(WISH, origin=FrameRef(False, 0, -1, str(path))))
    assert view.origin == FrameRef(
        False, 7, 112, str(path)
    )  # the frame that it was saved for, by its row in the episode
    assert shown(view) == list(range(108, 121))
    assert (view.context, view.first_row, view.episode_rows) == (5, 108, 130)
    for number, asked, there in ((2, 900, 129), (3, 7, 100)):
        view = answer(
            desk, channels, dataclasses.replace(WISH, number=number, origin=FrameRef(False, 7, asked, str(path)))
        )
        assert (view.origin.index, shown(view)[view.context - 1]) == (there, there)
    write_scene(path.with_name("b"), SavedScene(About("gym:Cart", "discrete", ("torque",), 7, 100, 12, 30), rows))
    path.with_name("c").write_bytes(b"PK")
    for number, name, problem in (
        (4, "b", "b is of gym:Cart, whose actions are 1 discrete; those of gym:Pendulum-v1 are 1 continuous."),
        (5, "c", "c is not a readable scene: File is not a zip file"),
    ):
        channels.scene_request.put(
            dataclasses.replace(WISH, number=number, origin=FrameRef(False, 0, -1, str(tmp_path / name)))
        )
        desk.turn()
        assert channels.scene_problem.get() == SceneFailure(number, problem, frame_gone=True)
    assert channels.scenes.get() is view  # which stays on show


def test_that_an_answer_is_not_overwritten_by_the_scene_before_it_while_the_window_is_slow(
    desk: SceneWorker,
    channels: Channels,
    session: Session,
) -> None:
    play(session, 20)
    channels.scene.put(answer(desk, channels, WISH))
    channels.scene_request.put(dataclasses.replace(WISH, number=2, origin=FrameRef(True, 0, 10)))
    while desk.turn():
        pass
    session.steps.append(row(20))  # the scene that the window still shows has grown
    desk._extended_at = 0.0
    desk.turn()
    newest = channels.scenes.get()
    assert newest is not None and newest.request.number == 2


def test_that_a_branch_which_leaves_within_the_context_has_posteriors_up_to_there_only(
    desk: SceneWorker,
    channels: Channels,
    session: Session,
    states: SceneStates,
) -> None:
    play(session, 20)
    view = answer(desk, channels, WISH)
    driven = drive(desk, channels, view, 1, 2)
    state = states.of(driven.latents)
    known = dimensions(state.agent, state.feat, state.posterior)
    assert (driven.context, len(known.mean), len(known.sample)) == (3, 3, 4)
    np.testing.assert_allclose(known.kl.sum(-1), driven.columns.kl[:3], rtol=1e-3)
