"""Finds the checkpoints of a run by the names of their folders, without torch."""

from __future__ import annotations

import os
import re
from pathlib import Path

_NAME = re.compile(r"(?P<number>\d{6})-step-(?P<step>\d+)-update-(?P<update>\d+)")


def list_checkpoints(folder: Path) -> list[Path]:
    """List the whole checkpoints, oldest first; none if the folder does not exist.

    Raises:
        OSError: the folder exists and cannot be read.
    """
    try:
        entries = list(os.scandir(folder))
    except FileNotFoundError:
        return []
    found = (entry for entry in entries if _NAME.fullmatch(entry.name) and entry.is_dir(follow_symlinks=False))
    return sorted((Path(entry.path) for entry in found), key=number_of)


def progress_of(checkpoint: Path) -> tuple[int, int]:
    """Read from the name of a checkpoint the environment step and the update at which it was saved."""
    match = _NAME.fullmatch(checkpoint.name)
    assert match is not None, checkpoint.name
    return int(match["step"]), int(match["update"])


def number_of(checkpoint: Path) -> int:
    """Read from the name of a checkpoint its number, from 0."""
    return int(checkpoint.name[:6])
