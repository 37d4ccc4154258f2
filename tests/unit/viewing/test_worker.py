"""Workers that fail while others work."""

from __future__ import annotations

import pytest

from dreamer_studio.viewing.channel import Channel, RequestFailure
from dreamer_studio.viewing.worker import RETRY_SECONDS, CannotAnswerError, Shift


class Echo:
    """Answers each request with the request itself, unless told to break."""

    def __init__(self) -> None:
        self.channel: Channel[str, str] = Channel()
        self.turns = 0

    def turn(self) -> bool:
        self.turns += 1
        taken = self.channel.take()
        if taken is None:
            return False
        generation, request = taken
        if request == "break":
            raise MemoryError("full")
        if request == "stale":
            raise CannotAnswerError("Ask again.")
        self.channel.answer(generation, request)
        return True


class Clock:
    """A clock that only the test moves."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 100.0
        monkeypatch.setattr("dreamer_studio.viewing.worker.time.monotonic", lambda: self.now)


def test_that_a_worker_that_breaks_answers_rests_and_then_meets_the_next_request(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock, shift = Clock(monkeypatch), Shift()
    broken, whole = Echo(), Echo()
    broken.channel.ask("break")
    assert not shift.turn((broken, whole))
    answer = broken.channel.newest()
    assert answer is not None and answer.failure is not None
    assert answer.failure.reason == "MemoryError: full" and "Traceback" in answer.failure.details
    broken.channel.ask("next")
    whole.channel.ask("other")
    clock.now += RETRY_SECONDS - 0.01
    assert shift.turn((broken, whole))
    assert (broken.turns, whole.channel.result) == (1, "other")
    clock.now += 0.02
    assert shift.turn((broken, whole))
    assert broken.channel.result == "next"


def test_that_a_request_that_cannot_be_met_is_answered_and_the_worker_goes_on_at_once() -> None:
    shift, worker = Shift(), Echo()
    worker.channel.ask("stale")
    assert shift.turn((worker,))
    answer = worker.channel.newest()
    assert answer is not None and answer.failure == RequestFailure("Ask again.") and not answer.failure.unexpected
    assert shift.failures.since(0) == ([], 0)
    worker.channel.ask("next")
    assert shift.turn((worker,))
    assert worker.channel.result == "next"


def test_that_no_failure_is_lost_between_two_readings(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, shift, worker = Clock(monkeypatch), Shift(), Echo()
    for _ in range(3):
        worker.channel.ask("break")
        shift.turn((worker,))
        clock.now += 2 * RETRY_SECONDS
    failures, place = shift.failures.since(0)
    assert [failure.reason for failure in failures] == ["MemoryError: full"] * 3
    assert shift.failures.since(place) == ([], 3)
