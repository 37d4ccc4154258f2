"""Limits on the files of this process, as a system sets them."""

from __future__ import annotations

import contextlib
import resource
from collections.abc import Iterator

from tests.support.environment_processes import no_process_left  # noqa: F401  (a fixture that watches over this file)


@contextlib.contextmanager
def files_no_larger_than(size: int) -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@contextlib.contextmanager
def no_file_can_be_opened() -> Iterator[None]:
    """Make opening fail as if this process had as many files open as the system allows."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
