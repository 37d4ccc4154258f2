"""How workers take turns in a thread, and how their failures are handled."""

from __future__ import annotations

import logging
import time
import traceback
from collections.abc import Callable, Sequence
from typing import Protocol

from dreamer_studio.mailbox import Feed
from dreamer_studio.viewing.channel import Answerable, RequestFailure

RETRY_SECONDS = 1.0
"""Pause after a failure."""

FAILURES_KEPT = 100

_log = logging.getLogger(__name__)


class CannotAnswerError(Exception):
    """The request in hand cannot be met. The message is the answer; nothing is wrong with the worker."""


class Worker(Protocol):
    """Answers the requests of one channel, a small piece of work at a time.

    A worker may raise anywhere in `turn`. Its next turn must be able to take the next request.
    """

    @property
    def channel(self) -> Answerable:
        """Return the channel of its requests and answers."""

    def turn(self) -> bool:
        """Do one small piece of work, if there is any, and return whether there was."""


class WaitingWorker(Worker, Protocol):
    """A worker that waits for processes, which may hang."""

    def give_up(self) -> None:
        """Stop waiting, for good. Any thread may call this."""

    def close(self) -> None:
        """End the processes. Only the worker's thread calls this."""


class Shift:
    """Gives workers their turns. A worker that raises answers its request with the failure, then pauses.

    Attributes:
        failures: every unexpected failure, for a banner.
    """

    def __init__(self) -> None:
        self.failures: Feed[RequestFailure] = Feed(FAILURES_KEPT)
        self._resting: dict[Callable[[], bool], float] = {}

    def turn(self, workers: Sequence[Worker]) -> bool:
        """Give each worker a turn, and return whether any of them had work."""
        worked = [self.attempt(worker.turn, worker.channel) for worker in workers]
        return any(worked)

    def attempt(self, work: Callable[[], bool], channel: Answerable | None = None) -> bool:
        """Do some work, unless it failed less than `RETRY_SECONDS` ago. Return whether there was any."""
        if time.monotonic() < self._resting.get(work, 0.0):
            return False
        try:
            return work()
        except CannotAnswerError as error:
            if channel is not None:
                channel.fail_taken(str(error))
            return True
        except Exception as error:
            _log.exception("the viewer failed")
            failure = RequestFailure(f"{type(error).__name__}: {error}", traceback.format_exc())
            self.failures.append(failure)
            if channel is not None:
                channel.fail_taken(failure.reason, details=failure.details)
            self._resting[work] = time.monotonic() + RETRY_SECONDS
            return False
