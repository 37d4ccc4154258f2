"""A guard process above each process that runs foreign code. It ends all processes that the foreign code leaves behind.

The kernel does not end the children of a dead process: the workers and the game engine of a simulator would continue.
So on Linux the program starts a guard, and the guard forks the worker, which does the job. The guard inherits all
orphans below it, in any session or process group. When the worker has ended, the guard kills the rest. When the
program has ended, or no longer wants the worker, the guard ends the worker first.

Elsewhere there is no guard: a thread of the worker waits for the program's end and kills the worker's children.
"""

from __future__ import annotations

import contextlib
import ctypes
import multiprocessing
import os
import pickle
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Final, NoReturn

CLOSE_SECONDS: Final = 5.0
"""Seconds in which an unwanted worker may end by itself."""

_SET_CHILD_SUBREAPER: Final = 36  # of <sys/prctl.h>
_ENDING_SECONDS: Final = 2.0
_LOOK_SECONDS: Final = 0.01

Job = Callable[..., None]


def pack(job: Job, *arguments: object) -> bytes:
    """Pack a module-level function and its arguments, so the guard need not import their modules."""
    return pickle.dumps((job, arguments))


def guard(lifeline: Connection, pipe: Connection, packed: bytes) -> NoReturn:
    """Do a job in a worker, then end all processes that the worker leaves. The target of a spawned process.

    This function never returns: the process ends with the worker's exit code, or by the signal that ended the worker.

    Args:
        lifeline: the program has the other end. Once the program has closed that end, or has died, the worker has
            some seconds to end by itself: the number sent through the lifeline, else `CLOSE_SECONDS`.
        pipe: the job's first argument.
        packed: the job, from `pack`.
    """
    if hasattr(os, "setsid"):
        os.setsid()  # only the program handles Ctrl+C, a closed terminal and signals to its group
    if sys.platform != "linux":
        _begin(_end_with, lifeline, CLOSE_SECONDS)
        _work(pipe, packed)
    ctypes.CDLL(None).prctl(_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    of_guard, guards_end = multiprocessing.Pipe(duplex=False)
    worker = os.fork()
    if worker == 0:
        guards_end.close()
        lifeline.close()
        _begin(_end_with, of_guard, 0.0)
        _work(pipe, packed)
    of_guard.close()
    pipe.close()
    _begin(_kill_with, lifeline, worker)
    code = _wait_for(worker)
    end_children()
    _end_like(code)


def end_children() -> None:
    """Kill all processes below this one, and wait until they have ended."""
    deadline = time.monotonic() + _ENDING_SECONDS
    while _has_children() and time.monotonic() < deadline:  # a process that hangs in the kernel never ends
        import psutil  # noqa: PLC0415  (rarely needed)

        for process in psutil.Process().children(recursive=True):
            with contextlib.suppress(psutil.Error):
                process.kill()
        time.sleep(_LOOK_SECONDS)


def _has_children() -> bool:
    """Return whether this process has children; reap those that have ended."""
    if not hasattr(os, "WNOHANG"):
        import psutil  # noqa: PLC0415

        return bool(psutil.Process().children())
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
        return True
    return False


def _work(pipe: Connection, packed: bytes) -> NoReturn:
    try:
        job, arguments = pickle.loads(packed)
        job(pipe, *arguments)
    except BaseException:
        traceback.print_exc()
    os._exit(1)  # a finished job has ended the process by itself


def _begin(target: Callable[..., object], *arguments: object) -> None:
    threading.Thread(target=target, args=arguments, name="lifeline", daemon=True).start()


def _end_with(line: Connection, seconds: float) -> None:
    """End this process when the other end closes. Runs in a thread: the main thread may hang in a simulator."""
    time.sleep(_seconds_left(line, seconds))
    end_children()
    if hasattr(os, "killpg"):
        os.killpg(0, signal.SIGKILL)  # this process, and orphans that nobody has adopted
    os._exit(1)


def _kill_with(line: Connection, worker: int) -> None:
    time.sleep(_seconds_left(line, CLOSE_SECONDS))
    os.kill(worker, signal.SIGKILL)


def _seconds_left(line: Connection, otherwise: float) -> float:
    """Wait until the other end is closed; return the seconds that were granted before."""
    seconds = otherwise
    with contextlib.suppress(EOFError, OSError):
        while True:
            seconds = line.recv()
    return seconds


def _wait_for(worker: int) -> int:
    while True:
        pid, status = os.waitpid(-1, 0)  # orphans are reaped as well
        if pid == worker:
            return os.waitstatus_to_exitcode(status)


def _end_like(code: int) -> NoReturn:
    if code < 0:
        import resource  # noqa: PLC0415  (on Unix only)

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # one core file is enough
        with contextlib.suppress(OSError):  # SIGKILL takes no handler
            signal.signal(-code, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {-code})
        os.kill(os.getpid(), -code)
    os._exit(code)
