"""The traffic between window and workers: requests, each replaced by a newer one, and commands, all executed."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from dreamer_studio.mailbox import Feed

Request = TypeVar("Request")
Result = TypeVar("Result")
Command = TypeVar("Command")

REPLIES_KEPT = 100


@dataclass(frozen=True)
class RequestFailure:
    """The failure of a request.

    Attributes:
        reason: a sentence for the user.
        details: the traceback of an unexpected error; empty if the request simply cannot be met.
    """

    reason: str
    details: str = ""

    @property
    def unexpected(self) -> bool:
        """Return whether the worker itself failed. The window shows such failures in a banner, with their details."""
        return bool(self.details)

    @property
    def words(self) -> str:
        """Return a line for the panel that waits for a result."""
        return f"Failed: {self.reason}"


@dataclass(frozen=True, eq=False)
class Answer(Generic[Result]):
    """A worker's newest answer.

    Attributes:
        generation: the generation of the request.
        result: the newest result, whole or in part. After a failure, the last result before it; None before the first
            result.
        done: whether the answer to this request is complete.
        failure: the failure of the request, or None.
    """

    generation: int
    result: Result | None
    done: bool
    failure: RequestFailure | None = None


class Answerable(Protocol):
    """Takes the failure of the request on which its worker is working."""

    def fail_taken(self, reason: str, *, details: str = "") -> None:
        """Answer the request that the worker has taken, if any, with a failure."""


class Channel(Generic[Request, Result]):
    """Newest request in, newest answer out.

    The window asks and one worker answers; any thread may call any method. Each request is taken once. A newer request
    replaces an older one, and answers to older requests are dropped. A failure is an answer too, and ends a request.

    A growing result is answered part by part: each answer holds everything so far, and the last one is `done`. A
    standing request (keep this up to date) is never done: the worker answers again and again while the channel `wants`
    it. While the channel is hidden, nothing is computed: requests wait, and the worker pauses.
    """

    def __init__(self, *, visible: bool = True) -> None:
        """Make a channel without a request; `visible` says whether its results are visible at first."""
        self._lock = threading.Lock()
        self._visible = visible
        self._generation = 0
        self._request: Request | None = None
        self._asked = self._waiting = False
        self._in_hand: int | None = None
        self._answer: Answer[Result] | None = None

    # The window's side.

    @property
    def visible(self) -> bool:
        """Return whether the results are visible."""
        return self._visible

    @visible.setter
    def visible(self, visible: bool) -> None:
        with self._lock:
            self._visible = visible

    @property
    def generation(self) -> int:
        """Return the generation of the newest request, or 0 before the first."""
        return self._generation

    @property
    def request(self) -> Request | None:
        """Return the newest request; None before the first, and after `withdraw`."""
        return self._request

    @property
    def asked(self) -> bool:
        """Return whether there is a request, answered or not, that was not withdrawn."""
        return self._asked

    @property
    def unanswered(self) -> bool:
        """Return whether the newest request waits for its first answer."""
        with self._lock:
            return self._asked and (self._answer is None or self._answer.generation != self._generation)

    def ask(self, request: Request) -> int:
        """Replace the earlier request, and return the generation of the new one."""
        with self._lock:
            return self._ask(request)

    def stand(self, request: Request) -> None:
        """Keep a request standing; called at every tick. Ask if the request is new or changed, or after a failure."""
        with self._lock:
            answer = self._answer
            failed = answer is not None and answer.failure is not None and answer.generation == self._generation
            if not self._asked or failed or request != self._request:
                self._ask(request)

    def withdraw(self) -> None:
        """Drop the request and all answers to it, including later ones."""
        with self._lock:
            self._generation += 1
            self._request, self._asked, self._waiting, self._answer = None, False, False, None

    def newest(self) -> Answer[Result] | None:
        """Return the newest answer, the same object until the next one; None before the first."""
        return self._answer

    @property
    def result(self) -> Result | None:
        """Return the newest result, or None before the first."""
        answer = self._answer
        return None if answer is None else answer.result

    # The worker's side.

    def take(self) -> tuple[int, Request] | None:
        """Take the newest request with its generation; None if it was taken before, or while the channel is hidden."""
        with self._lock:
            if not self._visible or not self._waiting:
                return None
            self._waiting, self._in_hand = False, self._generation
            return self._generation, self._request  # type: ignore[return-value]  # a request is waiting

    def put_back(self, generation: int) -> None:
        """Return a request that cannot be met yet. It is taken again later, unless a newer request replaces it."""
        with self._lock:
            if self._in_hand == generation:
                self._in_hand = None
                self._waiting = self._waiting or generation == self._generation

    def wants(self, generation: int) -> bool:
        """Return whether a taken request is still due: not done, not replaced, and visible."""
        with self._lock:
            return self._visible and generation == self._generation == self._in_hand

    def answer(self, generation: int, result: Result, *, done: bool = True) -> None:
        """Publish a result, whole or in part. A published result never changes."""
        with self._lock:
            if done:
                self._let_go(generation)
            if generation == self._generation:
                self._answer = Answer(generation, result, done)

    def fail(self, generation: int, reason: str, *, details: str = "") -> None:
        """Answer a request with the reason for its failure."""
        with self._lock:
            self._fail(generation, reason, details)

    def fail_taken(self, reason: str, *, details: str = "") -> None:
        """Answer the request that the worker has taken and not completed, if any, with a failure."""
        with self._lock:
            if self._in_hand is not None:
                self._fail(self._in_hand, reason, details)

    def _ask(self, request: Request) -> int:
        self._generation += 1
        self._request, self._asked, self._waiting = request, True, True
        return self._generation

    def _fail(self, generation: int, reason: str, details: str) -> None:
        self._let_go(generation)
        if generation == self._generation:
            before = None if self._answer is None else self._answer.result
            self._answer = Answer(generation, before, True, RequestFailure(reason, details))

    def _let_go(self, generation: int) -> None:
        if self._in_hand == generation:
            self._in_hand = None


class AnswerReader(Generic[Result]):
    """Returns each answer of a channel once, to a reader that asks at each tick."""

    def __init__(self, channel: Channel[Any, Result]) -> None:
        self._channel = channel
        self._seen: Answer[Result] | None = None

    def fresh(self) -> Answer[Result] | None:
        """Return the newest answer, or None if it was returned before."""
        answer = self._channel.newest()
        if answer is self._seen:
            return None
        self._seen = answer
        return answer

    def current(self) -> Answer[Result] | None:
        """Return the newest answer once, as `fresh` does, unless a newer request waits for another answer."""
        answer = self.fresh()
        return answer if answer is not None and answer.generation == self._channel.generation else None


@dataclass(frozen=True)
class Reply:
    """The outcome of a command: a line for the user. `bad` says that the command was not executed."""

    text: str
    bad: bool = False


class Commands(Generic[Command]):
    """A queue of commands, each executed once, in order.

    A `Channel` drops requests that a newer one replaces. A second bookmark must not replace the first, so everything
    that is written to a file goes through a queue, visible or not.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._queue: deque[Command] = deque()
        self._obeying = False
        self._replies: Feed[Reply] = Feed(REPLIES_KEPT)

    def send(self, command: Command) -> None:
        """Add a command to the end of the queue."""
        with self._lock:
            self._queue.append(command)

    def take(self) -> Command | None:
        """Take the oldest command, or None if the queue is empty."""
        with self._lock:
            self._obeying = bool(self._queue)
            return self._queue.popleft() if self._queue else None

    def reply(self, text: str, *, bad: bool = False) -> None:
        """Report the outcome of a command."""
        self._replies.append(Reply(text, bad))

    def fail_taken(self, reason: str, *, details: str = "") -> None:
        """Report that the command taken last has failed; nothing if the queue was empty then."""
        with self._lock:
            obeying, self._obeying = self._obeying, False
        if obeying:
            self.reply(reason, bad=True)

    def replies_since(self, number: int) -> tuple[list[Reply], int]:
        """Return the replies from `number` on, and the number for the next call."""
        return self._replies.since(number)
