"""Hands commands from any thread to the one that drives the run."""

from __future__ import annotations

import queue
from concurrent.futures import Future

from dreamer_studio.session.commands import Command, CommandRefusedError


class CommandQueue:
    """Commands in the order they came, each with a future that gets exactly one answer."""

    def __init__(self) -> None:
        self._queue: queue.SimpleQueue[tuple[Command, Future[str]]] = queue.SimpleQueue()

    def put(self, command: Command) -> Future[str]:
        """Add a command; returns the future of its answer."""
        future: Future[str] = Future()
        self._queue.put((command, future))
        return future

    def take(self, wait_seconds: float) -> tuple[Command, Future[str]] | None:
        """Take the next command whose sender still waits for the answer; None if none comes in time."""
        while True:
            try:
                command, future = self._queue.get(block=wait_seconds > 0, timeout=wait_seconds)
            except queue.Empty:
                return None
            if future.set_running_or_notify_cancel():
                return command, future
            wait_seconds = 0.0

    def refuse_all(self) -> None:
        """Answer every command that waits: the session is closed."""
        while (taken := self.take(0.0)) is not None:
            taken[1].set_exception(CommandRefusedError("The session is closed."))
