"""The judgment in the window: of the newest weights, on stored and on played episodes."""

from __future__ import annotations

import dataclasses

import pytest

from dreamer_studio.runs.folder import RunFolder
from dreamer_studio.session import Session
from dreamer_studio.viewing.channel import Answer, Channel
from dreamer_studio.viewing.trust.messages import TrustRequest, TrustResult
from dreamer_studio.viewing.trust.worker import NO_EPISODES, NO_WEIGHTS, TrustWorker
from dreamer_studio.viewing.worker import Shift
from tests.support.idle_session import SPEC, offer
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
