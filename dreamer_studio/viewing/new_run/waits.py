"""Waits for processes that other threads can end."""

from __future__ import annotations

import contextlib
import functools
import threading
from collections.abc import Callable, Iterator
from typing import Generic

from dreamer_studio.envs import EnvError, Interruption, WaitInterruptedError
from dreamer_studio.viewing.channel import Channel, Request, Result
from dreamer_studio.viewing.worker import CannotAnswerError


class WaitingWorker(Generic[Request, Result]):
    """The base of workers that wait for processes, one at a time. The window ends a wait from its own thread.

    Attributes:
        channel: the requests and their answers.
    """

    def __init__(self, channel: Channel[Request, Result]) -> None:
        self.channel = channel
        self._lock = threading.Lock()
        self._interruption = Interruption()
        self._waiting = False
        self._closing = False

    def drop(self) -> None:
        """End the present wait, if there is one; called after its request was withdrawn or replaced."""
        with self._lock:
            if self._waiting:
                self._interruption.request()

    def give_up(self) -> None:
        """End the present wait and all later ones."""
        with self._lock:
            self._closing = True
            self._interruption.request()

    def close(self) -> None:
        """End the worker's processes. By default, there are none between two turns."""

    @contextlib.contextmanager
    def wait(self, generation: int, *, same: bool = False) -> Iterator[Interruption]:
        """Give the block an interruption that `drop` and `give_up` request.

        Args:
            generation: of the request for which the block waits.
            same: whether the block waits for the same process as the block before.

        Raises:
            WaitInterruptedError: the request was withdrawn or replaced after the worker took it.
        """
        with self._lock:
            if not self._closing and not same:
                self._interruption = Interruption()
            self._waiting = True
        try:
            if not self.channel.wants(generation):
                raise WaitInterruptedError
            yield self._interruption
        finally:
            self._waiting = False


class ProcessWorker(WaitingWorker[Request, Result]):
    """The base of workers that answer each request in one turn, with the help of processes."""

    def find(self, request: Request, interruption: Interruption, tell: Callable[[Result], None]) -> Result:
        """Return the answer to a request.

        Args:
            request: the request.
            interruption: ends the waits for processes.
            tell: publishes how far the answer has come.

        Raises:
            CannotAnswerError: the request cannot be met.
            EnvError: a process failed.
            WaitInterruptedError: an interruption ended a wait.
        """
        raise NotImplementedError

    def turn(self) -> bool:
        """Answer the newest request, if there is one. This takes seconds to minutes."""
        taken = self.channel.take()
        if taken is None:
            return False
        generation, request = taken
        try:
            with self.wait(generation) as interruption:
                tell = functools.partial(self.channel.answer, generation, done=False)
                result = self.find(request, interruption, tell)
        except WaitInterruptedError:  # the page may come back
            self.channel.put_back(generation)  # taken again only if it was not withdrawn
            return True
        except EnvError as error:
            raise CannotAnswerError(str(error)) from error
        self.channel.answer(generation, result)
        return True
