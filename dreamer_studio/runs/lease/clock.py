"""The clock of a file system, which may differ from the clock of this machine."""

from __future__ import annotations

import contextlib
import os
import time
from pathlib import Path
from typing import Final

from dreamer_studio.files import UNFINISHED

TRUSTED_SECONDS: Final = 60.0
"""For this long, the last answer of a clock is used."""


def now_of(folder: Path) -> float:
    """Return the present time by the clock that stamps the files of a folder, in seconds since 1970.

    The function creates an empty file there for a moment. In a folder that this process may not change, it returns the
    time of this machine.
    """
    probe = folder / f".clock.{os.urandom(6).hex()}{UNFINISHED}"
    try:
        with probe.open("xb") as file:
            return os.fstat(file.fileno()).st_mtime
    except OSError:
        return time.time()
    finally:
        with contextlib.suppress(OSError):
            probe.unlink(missing_ok=True)


class FileSystemClocks:
    """The clocks of several file systems, each asked once in `TRUSTED_SECONDS`. One thread uses the object."""

    def __init__(self) -> None:
        self._ahead: dict[int, tuple[float, float]] = {}

    def now(self, folder: Path) -> float:
        """Return the same as `now_of`, usually computed from the last answer and the time since then.

        Raises:
            OSError: there is no such folder.
        """
        device = folder.stat().st_dev
        ahead, asked = self._ahead.get(device, (0.0, -TRUSTED_SECONDS))
        if time.monotonic() - asked >= TRUSTED_SECONDS:
            ahead = now_of(folder) - time.monotonic()
            self._ahead[device] = ahead, time.monotonic()
        return time.monotonic() + ahead
