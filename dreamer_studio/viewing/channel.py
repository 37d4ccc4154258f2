"""How the window and its workers talk: requests that a newer one replaces, and commands that are all obeyed."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from dreamer_studio.session import Feed

Request = TypeVar("Request")
Result = TypeVar("Result")
Command = TypeVar("Command")

REPLIES_KEPT = 100


@dataclass(frozen=True)
class RequestFailure:
    """Why a request has no result.

    Attributes:
        reason: a sentence for the person.
        details: the traceback of an unexpected error; empty where the request just cannot be met.
    """

    reason: str
    details: str = ""

    @property
    def unexpected(self) -> bool:
        """Whether the worker itself failed. The window shows such failures in a banner, with their details."""
        return bool(self.details)

    @property
    def words(self) -> str:
        """A line for the panel that waits for a result."""
        return f"Failed: {self.reason}"


@dataclass(frozen=True, eq=False)
class Answer(Generic[Result]):
    """What a worker has answered last.

    Attributes:
        generation: of the request.
        result: the newest result, so far; where the request failed, the last result before the failure. None before
            the first.
        done: whether no more is to come for this request.
        failure: why the request failed, or None.
    """

    generation: int
    result: Result | None
    done: bool
    failure: RequestFailure | None = None


class Answerable(Protocol):
    """Takes the failure of whatever its worker is working on."""

    def fail_taken(self, reason: str, *, details: str = "") -> None:
        """Answer what the worker has taken, if anything, with a failure."""


class Channel(Generic[Request, Result]):
    """Newest request in, newest answer out.

    The window asks, one worker answers; any thread may call any method. Each request is taken once, a newer one
    replaces an older one, and answers to older requests are dropped. A failure is an answer, too, and ends a request.

    A result that grows is answered part by part, each time as far as it has come, and `done` with the last part. A
    standing request (keep this up to date) is one that is never done: the worker answers again and again while the
    channel `wants` it. While the channel is hidden nothing is to be computed: requests wait, and the worker pauses.
    """

    def __init__(self, *, visible: bool = True) -> None:
        """Make a channel without a request; `visible` says whether anybody can see its results yet."""
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
        """Whether anybody can see the results."""
        return self._visible

    @visible.setter
    def visible(self, visible: bool) -> None:
        with self._lock:
            self._visible = visible

    @property
    def generation(self) -> int:
        """Of the newest request; 0 before the first."""
        return self._generation

    @property
    def request(self) -> Request | None:
        """The newest request; None before the first, and after `withdraw`."""
        return self._request

    @property
    def asked(self) -> bool:
        """Whether there is a request, answered or not: one was made and not withdrawn."""
        return self._asked

    def ask(self, request: Request) -> int:
        """Replace the request before, and return the generation of this one."""
        with self._lock:
            return self._ask(request)

    def stand(self, request: Request) -> None:
        """Keep a request standing, at every tick: ask the first time, for another one, and again after a failure."""
        with self._lock:
            answer = self._answer
            failed = answer is not None and answer.failure is not None and answer.generation == self._generation
            if not self._asked or failed or request != self._request:
                self._ask(request)

    def withdraw(self) -> None:
        """Want nothing any more: drop the request and every answer, those to come as well."""
        with self._lock:
            self._generation += 1
            self._request, self._asked, self._waiting, self._answer = None, False, False, None

    def newest(self) -> Answer[Result] | None:
        """The newest answer, which is the same object until the next; None before the first."""
        return self._answer

    @property
    def result(self) -> Result | None:
        """The newest result, or None before the first."""
        answer = self._answer
        return None if answer is None else answer.result

    # The worker's side.

    def take(self) -> tuple[int, Request] | None:
        """Take the newest request with its generation; None if it was taken before, and while nobody looks."""
        with self._lock:
            if not self._visible or not self._waiting:
                return None
            self._waiting, self._in_hand = False, self._generation
            return self._generation, self._request  # type: ignore[return-value]  # a request is waiting

    def put_back(self, generation: int) -> None:
        """Return a request that cannot be met yet; it is taken again later, unless a newer one has come."""
        with self._lock:
            if self._in_hand == generation:
                self._in_hand = None
                self._waiting = self._waiting or generation == self._generation

    def wants(self, generation: int) -> bool:
        """Whether to go on with a request that was taken: it is not done, not replaced, and somebody looks."""
        with self._lock:
            return self._visible and generation == self._generation == self._in_hand

    def answer(self, generation: int, result: Result, *, done: bool = True) -> None:
        """Publish a result, whole or as far as it has come. It is never changed afterwards."""
        with self._lock:
            if done:
                self._let_go(generation)
            if generation == self._generation:
                self._answer = Answer(generation, result, done)

    def fail(self, generation: int, reason: str, *, details: str = "") -> None:
        """Answer a request with the reason why it has no result."""
        with self._lock:
            self._fail(generation, reason, details)

    def fail_taken(self, reason: str, *, details: str = "") -> None:
        """Answer the request that the worker has taken and not done yet, if any, with a failure."""
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
    """Gives each answer of a channel once, to a reader that looks at each tick."""

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


@dataclass(frozen=True)
class Reply:
    """What came of a command: a line for the person. `bad` says that the command could not be obeyed."""

    text: str
    bad: bool = False


class Commands(Generic[Command]):
    """A queue of commands, each obeyed once, in order.

    A `Channel` drops what a newer request replaces. A second bookmark must not replace the first, so what is written
    to a file goes through a queue, whether anybody looks or not.
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
        """Take the oldest command; None if none is left."""
        with self._lock:
            self._obeying = bool(self._queue)
            return self._queue.popleft() if self._queue else None

    def reply(self, text: str, *, bad: bool = False) -> None:
        """Say what came of a command."""
        self._replies.append(Reply(text, bad))

    def fail_taken(self, reason: str, *, details: str = "") -> None:
        """Say that the command taken last failed; nothing if the queue was empty then."""
        with self._lock:
            obeying, self._obeying = self._obeying, False
        if obeying:
            self.reply(reason, bad=True)

    def replies_since(self, number: int) -> tuple[list[Reply], int]:
        """Replies from `number` on, and the number to ask with next."""
        return self._replies.since(number)
