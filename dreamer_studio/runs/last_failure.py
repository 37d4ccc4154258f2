"""Keeps the reason for which a training stopped by itself, until work goes on. The list of runs shows it."""

from __future__ import annotations

import contextlib
import json
import time

from dreamer_studio.files import read_small, write_whole
from dreamer_studio.runs.folder import RunFolder

MOST_TEXT = 2000
_MOST_BYTES = 2**16


def write_failure(folder: RunFolder, text: str) -> None:
    """Keep a reason. A disk that refuses the file is no second failure."""
    content = {"text": text[:MOST_TEXT], "time": round(time.time(), 3)}
    with contextlib.suppress(OSError):
        write_whole(folder.failure_file, (json.dumps(content, indent=2) + "\n").encode())


def clear_failure(folder: RunFolder) -> None:
    """Forget the reason, if there is one, because the work goes on."""
    with contextlib.suppress(OSError):
        folder.failure_file.unlink(missing_ok=True)


def read_failure(folder: RunFolder) -> str:
    """Return the reason in one line; empty if there is none, or the file holds something else."""
    try:
        content = json.loads(read_small(folder.failure_file, _MOST_BYTES))
    except (OSError, ValueError, RecursionError):
        return ""
    text = content.get("text") if isinstance(content, dict) else None
    return " ".join(text.split())[:MOST_TEXT] if isinstance(text, str) else ""
