"""A spawned process on one pipe: the parent's handle, and the first steps of the child."""

import atexit
import contextlib
import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection, wait
from types import FrameType
from typing import Any, Final, TypeVar, cast

import psutil

from dreamer_studio.envs.errors import EnvDiedError, EnvError, EnvTimeoutError, WaitInterruptedError
from dreamer_studio.envs.interruption import Interruption
from dreamer_studio.envs.messages import Failure
from dreamer_studio.system.guard import CLOSE_SECONDS, end_children, guard, pack
from dreamer_studio.system.streams import drop_what_cannot_be_written

Answer = TypeVar("Answer")

SLICE_SECONDS: Final = 0.1
"""Seconds of one look for an answer; a suspension of this process costs at most that much of a time-out."""

SILENT_SECONDS: Final = 1.0
"""Time for a child that owes an answer to end by itself: enough for a slow child, little for a hanging one."""

_GUARD_SECONDS: Final = 3.0  # beyond the child's own time

_PARENTS_SIGNALS: Final = tuple(
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
)
"""Sent to every process of a terminal or of a job, but meant for the program."""


class Worker:
    """Starts a process with a pipe, and ends it and all processes that it started. Use it from one thread at a time.

    The child is spawned, not forked: a forked child would share the locks of the parent's threads and its OpenGL
    and CUDA state. A guard stands between parent and child.

    Args:
        name: Its name in errors.
        target: A module-level function; it is given the child's end of the pipe, then `arguments`.
        arguments: Picklable.
        interruption: Ends any wait here, from any thread.
    """

    def __init__(
        self,
        name: str,
        target: Callable[..., None],
        *arguments: object,
        interruption: Interruption | None = None,
    ) -> None:
        context = multiprocessing.get_context("spawn")
        self._name = name
        self._closed = False
        self._silent = False
        self._interruption = interruption or Interruption()
        self._connection, child_end = context.Pipe()
        guards_end, self._lifeline = context.Pipe(duplex=False)
        job = pack(target, *arguments)
        self._process = context.Process(target=guard, args=(guards_end, child_end, job), name=name)
        try:
            with _signals_held_back():
                self._process.start()
        except BaseException:
            self._connection.close()
            self._lifeline.close()
            raise
        finally:
            child_end.close()  # else the pipe would not end when the child does
            guards_end.close()
        atexit.register(self.close)  # at exit, multiprocessing waits for children that still run

    def is_alive(self) -> bool:
        """Return whether the child runs."""
        return not self._closed and self._process.is_alive()

    def ending(self) -> str:
        """Describe how the child ended by itself; empty while it runs, and after `close`."""
        code = None if self._closed else self._process.exitcode
        return "" if code is None else f"{self._name}: the environment process {_exit_in_words(code)}"

    def send(self, message: object) -> None:
        """Send a picklable message.

        Raises:
            EnvDiedError: If the child is gone.
            EnvError: If this handle is closed.
            WaitInterruptedError: If an interruption is due.
        """
        self._check_open()
        self._check_interruption()
        try:
            self._connection.send(message)
        except OSError:
            raise self._death() from None

    def receive(self, timeout: float) -> Any:
        """Wait for the next message; a child that dies is noticed at once.

        Args:
            timeout: Seconds of this process's own time. While a laptop is closed, or both processes are suspended, the
                child has no time to answer either.

        Raises:
            EnvTimeoutError: If no message came in time.
            EnvDiedError: If the child has ended and left no message.
            EnvError: If this handle is closed, or if the message cannot be read.
            WaitInterruptedError: If an interruption is due.
        """
        self._check_open()
        self._silent = True
        if not self._ready_within(timeout):
            raise EnvTimeoutError(f"{self._name}: no answer from the environment process")
        self._silent = False
        try:
            if self._connection.poll():  # a child that has just died may have answered before
                return self._connection.recv()
        except (EOFError, OSError):
            pass
        except Exception as error:  # unpickling fails in any way if a library has written to the pipe
            raise EnvError(f"{self._name}: the environment process sent an unreadable message: {error!r}") from error
        raise self._death()

    def close(self, timeout: float = CLOSE_SECONDS) -> None:
        """Close the pipe, so that the child ends. Kill a child that does not end, and all processes that it leaves.

        Args:
            timeout: Seconds that the child has to end by itself; at most `SILENT_SECONDS` if it owes an answer.
        """
        if self._closed:
            return
        self._closed = True
        atexit.unregister(self.close)
        seconds = min(timeout, SILENT_SECONDS) if self._silent else timeout
        with contextlib.suppress(OSError):  # the guard is gone
            self._lifeline.send(seconds)
        self._lifeline.close()
        self._connection.close()
        self._process.join(seconds + _GUARD_SECONDS)
        if self._process.is_alive():  # a stopped guard, or a child without a guard whose threads do not run
            _kill_with_children(self._process.pid)
            self._process.join()
        self._process.close()

    def _ready_within(self, timeout: float) -> bool:
        """Wait up to `timeout` seconds of this process's time for a message or the child's end.

        Returns:
            Whether a message or the end came.
        """
        left = max(0.0, timeout)
        while not wait([self._connection, self._process.sentinel], min(left, SLICE_SECONDS)):
            self._check_interruption()
            left -= SLICE_SECONDS
            if left <= 0:
                return False
        return True

    def _check_open(self) -> None:
        if self._closed:
            raise EnvError(f"{self._name}: the environment process has been closed")

    def _check_interruption(self) -> None:
        if self._interruption.due:
            raise WaitInterruptedError(f"{self._name}: the wait for the environment process was interrupted")

    def _death(self) -> EnvDiedError:
        self._process.join(1.0)  # the pipe ends a moment before the process does
        return EnvDiedError(self.ending() or f"{self._name}: the environment process closed its pipe")


def ask(
    name: str,
    timeout: float,
    question: Callable[..., Answer],
    *arguments: object,
    interruption: Interruption | None = None,
) -> Answer:
    """Call a function in a separate process, for what this process must not import or try.

    Args:
        name: Its name in errors.
        timeout: Seconds.
        question: A module-level function whose answer can be pickled.
        arguments: Its arguments, picklable.
        interruption: Ends the wait, from any thread.

    Raises:
        EnvError: If the function raises, is too slow, or crashes its process.
        WaitInterruptedError: If `interruption` ended the wait.
    """
    worker = Worker(name, _answer, name, question, arguments, interruption=interruption)
    try:
        outcome = worker.receive(timeout)
    finally:
        worker.close()
    if isinstance(outcome, Failure):
        raise outcome.to_error()
    return cast(Answer, outcome)


def settle_in(output: str = "") -> None:
    """Prepare a child process. Call this before anything else in the child.

    Args:
        output: File that gets everything the process prints, from its beginning; empty for standard error.
    """
    for number in _PARENTS_SIGNALS:
        signal.signal(number, _leave_to_parent)
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=_take_signals)
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _PARENTS_SIGNALS)
    with contextlib.suppress(OSError):
        if output:
            descriptor = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
            os.dup2(descriptor, 2)
            os.close(descriptor)
        os.dup2(2, 1)  # output of libraries must not mix with the command's own
    drop_what_cannot_be_written()


def leave() -> None:
    """End a child process and all processes that it started, without exit handlers: those of OpenGL may hang."""
    end_children()
    if sys.stderr is not None:
        sys.stderr.flush()
    os._exit(0)


def _answer(connection: Connection, name: str, question: Callable[..., object], arguments: tuple[object, ...]) -> None:
    settle_in()
    try:
        outcome = question(*arguments)
    except Exception as error:
        outcome = Failure.of(error, name)
    with contextlib.suppress(OSError):
        connection.send(outcome)
    leave()


def _leave_to_parent(number: int, frame: FrameType | None) -> None:
    """Do nothing. If the child ignored the signal outright, every process that it starts would ignore it too."""


def _take_signals() -> None:
    """Restore the signals in a process that the child has forked; a spawned process has them anyway."""
    for number in _PARENTS_SIGNALS:
        signal.signal(number, signal.SIG_DFL)


@contextlib.contextmanager
def _signals_held_back() -> Iterator[None]:
    """Block signals in this thread: a child inherits the block until it handles signals itself."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    from multiprocessing import resource_tracker  # noqa: PLC0415  (for Unix)

    resource_tracker.ensure_running()  # else the start of the first child starts it, which unblocks signals
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _PARENTS_SIGNALS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _kill_with_children(pid: int | None) -> None:
    with contextlib.suppress(psutil.Error):
        top = psutil.Process(pid)
        for process in (*top.children(recursive=True), top):
            with contextlib.suppress(psutil.Error):
                process.kill()


def _exit_in_words(code: int) -> str:
    if code >= 0:
        return f"ended by itself with exit code {code}"
    try:
        return f"was killed by {signal.Signals(-code).name}"
    except ValueError:
        return f"was killed by signal {-code}"
