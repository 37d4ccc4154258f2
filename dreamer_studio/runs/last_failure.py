"""Keeps the reason why a training stopped by itself, until it continues. The list of runs shows the reason."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable

from dreamer_studio.files import read_json_object, write_json
from dreamer_studio.runs.folder import RunFolder
from dreamer_studio.texts import one_line

MOST_TEXT = 2000
_MOST_BYTES = 2**16


def write_failure(folder: RunFolder, text: str, check: Callable[[], None] = lambda: None) -> None:
    """Keep a reason. A disk that refuses the file is no second failure. `check` as in `write_whole`."""
    content = {"text": text[:MOST_TEXT], "time": round(time.time(), 3)}
    with contextlib.suppress(OSError):
        write_json(folder.failure_file, content, check=check)


def clear_failure(folder: RunFolder, check: Callable[[], None] = lambda: None) -> None:
    """Forget the reason, if there is one, because the training continues. What `check` raises prevents that."""
    with contextlib.suppress(OSError):
        check()
        folder.failure_file.unlink(missing_ok=True)


def read_failure(folder: RunFolder) -> str:
    """Return the reason in one line; empty if there is none, or the file holds something else."""
    text = read_json_object(folder.failure_file, _MOST_BYTES).get("text")
    return one_line(text)[:MOST_TEXT] if isinstance(text, str) else ""
