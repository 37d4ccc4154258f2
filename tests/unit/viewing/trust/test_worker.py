"""The judgment in the window: of the newest weights, on stored and on played episodes."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest

from dreamer_studio.replay import GrowingEpisode, GrowingStates, PlayedTest, PlayedTests, keep_test
from dreamer_studio.runs.folder import RunFolder
from dreamer_studio.runs.history import RowHistory
from dreamer_studio.session import Session
from dreamer_studio.trust.history import keeping
from dreamer_studio.viewing.channel import Answer, Channel
from dreamer_studio.viewing.frame_ref import FrameRef, HeldOutTest
from dreamer_studio.viewing.scene.messages import SceneRequest
from dreamer_studio.viewing.scene.source import NoSceneError, SceneSource
from dreamer_studio.viewing.trust import newest
from dreamer_studio.viewing.trust.messages import TrustRequest, TrustResult
from dreamer_studio.viewing.trust.newest import LATE_WEIGHTS, NO_WEIGHTS
from dreamer_studio.viewing.trust.worker import NO_EPISODES, TrustWorker
from dreamer_studio.viewing.twin.worker import EXACT, VERIFIED, TwinWorker
from dreamer_studio.viewing.worker import Shift
from tests.support.idle_session import SPEC, offer, row
from tests.support.scene_workers import SceneWorkers
from tests.support.small_runs import CPU

PATIENCE = 5000


def answer_to(worker: TrustWorker, request: TrustRequest) -> Answer[TrustResult]:
    generation, shift = worker.channel.ask(request), Shift()
    for _ in range(PATIENCE):
        shift.turn((worker,))
        answer = worker.channel.newest()
        if answer is not None and answer.generation == generation and answer.done:
            return answer
    pytest.fail("no answer")


@pytest.fixture
def worker(session: Session) -> TrustWorker:
    return TrustWorker(session, CPU, Channel())


def test_that_without_weights_or_episodes_the_reason_is_the_answer(session: Session, worker: TrustWorker) -> None:
    failure = answer_to(worker, TrustRequest()).failure
    assert failure is not None and failure.reason == NO_WEIGHTS and not failure.unexpected
    offer(session, 3)
    session.status.put(dataclasses.replace(session.status.get(), update=3, spec=SPEC))
    failure = answer_to(worker, TrustRequest()).failure
    assert failure is not None and failure.reason == NO_EPISODES


def test_that_weights_that_come_late_are_not_taken_for_a_model_that_has_not_learned(
    session: Session, worker: TrustWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(newest, "FIRST_SECONDS", 0.05)
    session.status.put(dataclasses.replace(session.status.get(), update=3, spec=SPEC))
    failure = answer_to(worker, TrustRequest()).failure
    assert failure is not None and failure.reason == LATE_WEIGHTS


def test_that_played_episodes_count_until_newer_weights_are_judged_too(session: Session, worker: TrustWorker) -> None:
    offer(session, 3)
    session.status.put(dataclasses.replace(session.status.get(), update=3, spec=SPEC))
    played = answer_to(worker, TrustRequest(play=1)).result
    assert played is not None and played.report is not None
    assert played.report.update == 3 and played.report.judgment.episodes == 1
    assert len(played.report.episodes) == 1 and played.report.episodes[0].startswith("sample, seed ")
    assert played.report.judgment.gauges["gap"].measured.n == 1
    worker.channel.ask(TrustRequest())
    offer(session, 5)
    session.status.put(dataclasses.replace(session.status.get(), update=5))
    again = answer_to(worker, TrustRequest()).result
    assert again is not None and again.report is not None
    assert again.report.update == 5 and again.report.judgment.episodes == 1
    assert again.report.judgment.gauges["gap"].measured.n == 0  # other weights played this episode


def test_that_judgments_are_kept_in_the_run_and_read_again(session: Session, worker: TrustWorker) -> None:
    offer(session, 3)
    session.status.put(dataclasses.replace(session.status.get(), update=3, spec=SPEC))
    first = answer_to(worker, TrustRequest(play=1)).result
    assert first is not None and [one.update for one in first.kept] == [3] and first.remark == ""
    session.played_tests = PlayedTests()
    other = TrustWorker(session, CPU, Channel())  # as after closing the window
    failed = answer_to(other, TrustRequest())
    assert failed.failure is not None and failed.result is not None
    assert failed.result.kept == first.kept


def test_that_a_run_that_cannot_be_written_is_judged_and_said(session: Session, worker: TrustWorker) -> None:
    offer(session, 3)
    session.status.put(dataclasses.replace(session.status.get(), update=3, spec=SPEC))
    RunFolder(session.status.get().folder).judgments.touch()
    result = answer_to(worker, TrustRequest(play=1)).result
    assert result is not None and result.report is not None and result.kept == ()
    assert result.remark.startswith("This judgment is not kept in the run: ")


def test_that_a_judgment_is_not_kept_if_the_training_goes_back_while_it_is_made(
    session: Session, worker: TrustWorker
) -> None:
    offer(session, 3)
    session.status.put(dataclasses.replace(session.status.get(), update=3, spec=SPEC))
    session.played_tests.add(PlayedTest(3, 0, episode(0, 8)))
    session.log.take(RowHistory())
    worker.channel.ask(TrustRequest())
    for _ in range(3):
        assert worker.turn()
    session.log.take(RowHistory())  # from an older checkpoint, and then up to the same update again
    while (result := worker.channel.result) is None or result.progress:
        assert worker.turn()
    assert result.report is not None and result.report.update == 3 and result.kept == ()
    assert result.remark == (
        "This judgment is not kept in the run: the training went back to an older checkpoint while it was made."
    )


def test_that_a_judgment_kept_just_before_the_training_went_back_is_removed(
    session: Session, worker: TrustWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    offer(session, 3)
    session.status.put(dataclasses.replace(session.status.get(), update=3, spec=SPEC))
    session.played_tests.add(PlayedTest(3, 0, episode(0, 8)))
    session.log.take(RowHistory())
    keeps = keeping.keep

    def keep_and_go_back(*arguments: Any) -> str:
        session.log.take(RowHistory())
        return keeps(*arguments)

    monkeypatch.setattr("dreamer_studio.viewing.trust.worker.keep", keep_and_go_back)
    result = answer_to(worker, TrustRequest()).result
    assert result is not None and result.kept == ()
    assert result.remark.startswith("This judgment is not kept in the run: the training went back")


@pytest.mark.parametrize("copied", [False, True], ids=["no copy yet", "copied again"])
def test_that_weights_that_the_training_undid_are_not_judged(
    session: Session, worker: TrustWorker, copied: bool
) -> None:
    offer(session, 3)
    session.status.put(dataclasses.replace(session.status.get(), update=3, spec=SPEC))
    session.played_tests.add(PlayedTest(3, 0, episode(0, 8)))
    assert answer_to(worker, TrustRequest()).failure is None
    session.snapshots.forget()  # the training goes back to before its first update
    session.status.put(dataclasses.replace(session.status.get(), update=0))
    if copied:
        offer(session, 0)
    failure = answer_to(worker, TrustRequest()).failure
    assert failure is not None and failure.reason == NO_WEIGHTS


def test_that_each_point_of_the_scatter_names_the_frame_whose_reward_it_shows(
    session: Session, worker: TrustWorker
) -> None:
    offer(session, 3)
    session.status.put(dataclasses.replace(session.status.get(), update=3, spec=SPEC))
    keep_test(stored_in(session), 2, 4, [episode(0, 1), episode(100, 7), episode(200, 9)])  # the first has no step
    session.played_tests.add(PlayedTest(3, 0, episode(300, 8)))
    result = answer_to(worker, TrustRequest()).result
    assert result is not None and result.report is not None
    points, source = result.report.judgment.gauges["reward"].points, SceneSource(session)
    assert points is not None and len(points.real) == 6 + 8 + 7
    tests = {frame.test for frame in result.frames}
    assert tests == {HeldOutTest(2), HeldOutTest(3, played=True)}
    for real, of, at in zip(points.real, points.episode, points.row, strict=True):
        found = source.find(SceneRequest(result.frame(int(of), int(at)), 1, 3, "recorded", 0))
        assert found is not None and found.rows.reward[0] == real
        assert found.origin.words.startswith(("test of update 2, episode ", "played test of update 3, episode 0"))


def test_that_a_dream_shows_a_tests_frames_before_and_after_its_own(session: Session) -> None:
    keep_test(stored_in(session), 1_200, 4, [episode(100, 20)])
    frame, source = FrameRef(False, 4, 6, test=HeldOutTest(1_200)), SceneSource(session)
    found = source.find(SceneRequest(frame, 5, 3, "recorded", 0))
    assert found is not None and found.origin == frame and found.episode_rows == 20
    assert found.rows.reward.tolist() == [102.0, 103.0, 104.0, 105.0, 106.0, 107.0, 108.0, 109.0]
    assert found.later.tolist() == [110.0 + step for step in range(10)]
    way = source.way_to(frame)
    assert way.from_reset and len(way.actions) == 6


def test_that_a_frame_of_a_test_that_newer_ones_replaced_is_refused(session: Session) -> None:
    gone = FrameRef(False, 4, 6, test=HeldOutTest(1_200))
    for test in (gone.test, HeldOutTest(1_200, played=True)):
        with pytest.raises(NoSceneError, match=r"Episode 4 of the .*test of update 1,200 is gone"):
            SceneSource(session).find(SceneRequest(dataclasses.replace(gone, test=test), 5, 3, "recorded", 0))


def test_that_the_last_judgment_stays_while_the_next_one_is_made(session: Session, worker: TrustWorker) -> None:
    offer(session, 3)
    session.status.put(dataclasses.replace(session.status.get(), update=3, spec=SPEC))
    session.played_tests.add(PlayedTest(3, 0, episode(0, 8)))
    first = answer_to(worker, TrustRequest()).result
    worker.channel.ask(TrustRequest())
    Shift().turn((worker,))
    answer = worker.channel.newest()
    assert first is not None and answer is not None and answer.result is not None and not answer.done
    assert answer.result.report is first.report and answer.result.progress


def test_that_the_twin_follows_a_dream_from_a_test_by_its_states_or_by_its_seed(
    session: Session, worker: TrustWorker
) -> None:
    offer(session, 3)
    session.status.put(dataclasses.replace(session.status.get(), update=3, spec=SPEC))
    result = answer_to(worker, TrustRequest(play=1)).result
    assert result is not None
    request = SceneRequest(result.frame(0, 10), 5, 6, "recorded", 0)
    badges = []
    for states in (session.played_tests.all[0].episode.states, GrowingStates()):
        session.played_tests.all[0].episode.states = states
        twin = TwinWorker(session, Channel())
        twin.channel.ask(SceneWorkers(session).answer(request))
        while twin.channel.result is None or twin.channel.result.count < 7:
            assert twin.turn()
        badges.append(twin.channel.result.badge)
        twin.close()
    assert badges == [EXACT, VERIFIED]


def stored_in(session: Session) -> Path:
    return RunFolder(session.status.get().folder).tests


def episode(first: int, rows: int) -> GrowingEpisode:
    """Return an episode whose rewards are `first` plus the row."""
    made = GrowingEpisode(1)
    for index in range(rows):
        step = row(index).time_step
        made.append(dataclasses.replace(step, reward=float(first + index)))
    return made
