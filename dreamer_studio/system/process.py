"""Prepares the whole process for training, before torch is loaded."""

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
"""How OpenMP's threads wait for each other. By default they spin, which made an update ten times slower on two cores
when anything else, such as the window, ran beside training. Some hundred microseconds of spinning do little harm.
Without any, each small product waits longer for the other thread to wake up than it computes."""


def prepare_process() -> None:
    """Prepare this process for training. Call this once, before anything imports torch."""
    if "OMP_WAIT_POLICY" not in os.environ:
        for name, value in OPENMP_WAITING.items():
            os.environ.setdefault(name, value)
    keep_freed_memory()


def end_process(code: int) -> NoReturn:
    """End the process at once. Call this when all threads and processes have ended and all files are closed.

    Otherwise Python takes torch's modules apart, which took 2 to 3 seconds on two busy cores and has no use.
    """
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):  # a pipe whose reader has gone, or a closed stream
            stream.flush()
    os._exit(code)


def keep_freed_memory() -> bool:
    """Make the C library keep large freed blocks for the next use.

    By default glibc returns them to the kernel, which hands them out again page by page, cleared. Each update frees
    and takes some gigabytes, so this was up to half of its time on a CPU. There is only one arena, because the others,
    which background threads would use, cannot keep large blocks.

    Returns:
        whether the C library accepted the settings.
    """
    mallopt = _of_glibc("mallopt")
    if mallopt is None:
        return False
    wanted = {_M_MMAP_MAX: 0, _M_TRIM_THRESHOLD: _NEVER, _M_TOP_PAD: _TOP_PAD_BYTES, _M_ARENA_MAX: 1}
    return [mallopt(name, value) for name, value in wanted.items()] == [1] * len(wanted)


def give_back_freed_memory() -> None:
    """Make the C library return all free pages to the kernel now.

    Call this every few minutes, because free pages between blocks in use add up. Pages that the next update needs again
    cost it some tenths of a second.
    """
    trim = _of_glibc("malloc_trim")
    if trim is not None:
        trim(0)


def _of_glibc(name: str) -> Callable[..., int] | None:
    """Return a function of glibc; None with another C library."""
    return getattr(ctypes.CDLL(None), name, None) if sys.platform == "linux" else None
