"""The base of workers whose answers take seconds to minutes, and come in parts."""

from __future__ import annotations

from collections.abc import Generator
from typing import Generic, Protocol, TypeVar

from dreamer_studio.envs import EnvError, Interruption, WaitInterruptedError
from dreamer_studio.viewing.channel import Channel, Request
from dreamer_studio.viewing.worker import CannotAnswerError


class Progressing(Protocol):
    """A result, or how far it has come."""

    @property
    def progress(self) -> str:
        """Return what the worker does now; empty at the end."""


Part = TypeVar("Part", bound=Progressing)


class PartsWorker(Generic[Request, Part]):
    """Answers the newest request part by part, one part in each turn; for one thread.

    The work pauses while the channel is hidden. A newer or withdrawn request ends the work, and with it the
    environment's process.

    Attributes:
        channel: the requests and their answers.
        interruption: ends the waits for environments.
    """

    def __init__(self, channel: Channel[Request, Part]) -> None:
        self.channel = channel
        self.interruption = Interruption()
        self._generation = 0
        self._work: Generator[Part, None, None] | None = None

    def answering(self, request: Request) -> Generator[Part, None, None]:
        """Yield results with progress, then the complete result. A generator that ends closes its environment.

        Raises:
            CannotAnswerError: the request cannot be met.
            EnvError: the environment failed.
        """
        raise NotImplementedError

    def turn(self) -> bool:
        """Do one part of the work, if there is any, and return whether there was."""
        taken = self.channel.take()
        if taken is not None or self.channel.generation != self._generation:
            self.close()
        if taken is not None:
            self._generation = taken[0]
            self._work = self.answering(taken[1])
        if self._work is None or not self.channel.wants(self._generation):
            return False
        work, self._work = self._work, None  # after a failure, the next request starts from scratch
        try:
            result = next(work, None)
        except WaitInterruptedError as error:
            raise CannotAnswerError("The run closes.") from error
        except EnvError as error:
            raise CannotAnswerError(f"The environment failed: {error}") from error
        if result is not None:
            self._work = work
            self.channel.answer(self._generation, result, done=not result.progress)
        return True

    def give_up(self) -> None:
        """Stop waiting for the environment, for good. Any thread may call this."""
        self.interruption.request()

    def close(self) -> None:
        """Stop the work in hand, and end the environment's process."""
        work, self._work = self._work, None
        if work is not None:
            work.close()
