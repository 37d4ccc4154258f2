"""Blind driving in the window: step by step, beside the judgments."""

from __future__ import annotations

import dataclasses
import re

import pytest

from dreamer_studio.session import Session
from dreamer_studio.trust.players import BLIND_IN_ALL
from dreamer_studio.viewing.channel import Channel
from dreamer_studio.viewing.trust import blind_worker
from dreamer_studio.viewing.trust.blind_worker import BlindWorker
from dreamer_studio.viewing.trust.messages import BlindResult, TrustRequest
from dreamer_studio.viewing.trust.newest import NO_WEIGHTS
from dreamer_studio.viewing.trust.worker import TrustWorker
from dreamer_studio.viewing.worker import Shift
from tests.support.idle_session import SPEC, offer
from tests.support.small_runs import CPU

PATIENCE = 20_000


@pytest.fixture
def worker(session: Session, monkeypatch: pytest.MonkeyPatch) -> BlindWorker:
    monkeypatch.setattr(blind_worker, "BLIND_EPISODES", 1)
    return BlindWorker(session, CPU, Channel())


def learned(session: Session, update: int) -> None:
    offer(session, update)
    session.status.put(dataclasses.replace(session.status.get(), update=update, spec=SPEC))


def newest(worker: BlindWorker) -> BlindResult:
    result = worker.channel.result
    assert result is not None
    return result


def test_that_without_weights_the_reason_is_the_answer(session: Session, worker: BlindWorker) -> None:
    worker.channel.ask(None)
    Shift().turn((worker,))
    answer = worker.channel.newest()
    assert answer is not None and answer.failure is not None and answer.failure.reason == NO_WEIGHTS


def test_that_a_judgment_is_made_while_the_policy_drives_blind(session: Session, worker: BlindWorker) -> None:
    learned(session, 3)
    judge, shift, places = TrustWorker(session, CPU, Channel()), Shift(), []
    worker.channel.ask(None)
    judge.channel.ask(TrustRequest(play=1))
    judged_after: int | None = None
    for turn in range(PATIENCE):
        shift.turn((judge, worker))
        answer = judge.channel.newest()
        assert answer is None or answer.failure is None
        if judged_after is None and answer is not None and answer.done:
            judged_after = turn
        result = worker.channel.result
        if result is not None and result.progress:
            places.append(result.progress)
        if result is not None and result.gauge is not None:
            break
    done = newest(worker)
    assert done.gauge is not None and done.update == 3 and done.gauge.measured.n == 1
    assert set(done.gauge.by_episode) > {"return_1", "return_45", "return_random"}
    assert judged_after is not None and judged_after < len(places)
    assert places[0] == f"plays episode 1 of {BLIND_IN_ALL}, step 1"
    assert re.fullmatch(rf"plays episode 7 of {BLIND_IN_ALL}, step \d+; about \d+ (s|min) left", places[-1])


def test_that_a_canceled_driving_ends_its_environment_and_leaves_no_answer(
    session: Session, worker: BlindWorker
) -> None:
    learned(session, 3)
    worker.channel.ask(None)
    shift = Shift()
    for _ in range(50):
        shift.turn((worker,))
    assert newest(worker).progress.startswith("plays episode 1 ")
    worker.channel.withdraw()
    assert not shift.turn((worker,))  # the process has ended: the fixtures fail on one left over
    assert worker.channel.newest() is None
