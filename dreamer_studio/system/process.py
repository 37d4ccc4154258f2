"""Settings of the whole process that a training needs, and that must be made before torch is loaded."""

from __future__ import annotations

import contextlib
import ctypes
import os
import sys
from collections.abc import Callable
from typing import NoReturn

# Names and numbers of glibc's <malloc.h>.
_M_TRIM_THRESHOLD, _M_TOP_PAD, _M_MMAP_MAX, _M_ARENA_MAX = -1, -2, -4, -8
_TOP_PAD_BYTES = 256 * 2**20
_NEVER = -1

OPENMP_WAITING = {"OMP_WAIT_POLICY": "PASSIVE", "GOMP_SPINCOUNT": "10000"}
"""How OpenMP's threads wait for each other. As a rule they spin. Where anything else runs beside training (the window
does), that made an update ten times slower on two cores. Some hundred microseconds of it do little harm then, and
without any, each small product waits longer for the other thread to wake than it computes."""


def prepare_process() -> None:
    """Make this process one that trains well. Call it once, before anything imports torch."""
    if "OMP_WAIT_POLICY" not in os.environ:
        for name, value in OPENMP_WAITING.items():
            os.environ.setdefault(name, value)
    keep_freed_memory()


def end_process(code: int) -> NoReturn:
    """End at once, when all that was started has ended and all files are closed.

    What Python does at its end, taking torch's modules apart, took 2 to 3 seconds on two busy cores and serves nobody.
    """
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):  # a pipe whose reader has gone, or closed already
            stream.flush()
    os._exit(code)


def keep_freed_memory() -> bool:
    """Let the C library keep large blocks that are freed, for the next use.

    glibc gives them back to the kernel, which hands them out again page by page, cleared: as each update frees and
    takes some gigabytes, that was up to half of its time on a CPU. One arena, because the other ones, which a
    background thread would get, cannot keep large blocks.

    Returns:
        whether the C library is one that can be told.
    """
    mallopt = _of_glibc("mallopt")
    if mallopt is None:
        return False
    wanted = {_M_MMAP_MAX: 0, _M_TRIM_THRESHOLD: _NEVER, _M_TOP_PAD: _TOP_PAD_BYTES, _M_ARENA_MAX: 1}
    return [mallopt(name, value) for name, value in wanted.items()] == [1] * len(wanted)


def give_back_freed_memory() -> None:
    """Let the C library give all pages that are free to the kernel, now.

    For once in some minutes: free pages that lie between pieces in use add up. What is needed of them again costs the
    next update some tenths of a second.
    """
    trim = _of_glibc("malloc_trim")
    if trim is not None:
        trim(0)


def _of_glibc(name: str) -> Callable[..., int] | None:
    """One of its functions; None with another C library."""
    return getattr(ctypes.CDLL(None), name, None) if sys.platform == "linux" else None
