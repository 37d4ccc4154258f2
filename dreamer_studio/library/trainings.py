"""Trainings without a window in other processes: stops them, and reads what they wrote last."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Final

import psutil

from dreamer_studio.files import UnfitFileError, read_end
from dreamer_studio.runs.errors import InputError
from dreamer_studio.runs.lock import find_holder

MAIN_MODULE: Final = ("dreamer_studio", "__main__.py")
MOST_SAID: Final = 2000  # bytes at the end of the output that are searched for a reason


def stop_training(folder: Path) -> str:
    """Ask the process that trains a run without a window to save and end. Return a sentence about the outcome.

    Raises:
        InputError: no process of ours trains the run, with what to do instead.
    """
    holder = find_holder(folder)
    if holder is None or holder.held is False:
        raise InputError(f"{folder.name} is not being trained")
    if not holder.here:
        raise InputError(f"{folder.name} is being trained on {holder.host}: stop it there")
    if sys.platform == "win32":
        raise InputError(f"end process {holder.pid} with Ctrl+C in its own terminal: Windows has no signal for that")
    try:
        process = psutil.Process(holder.pid)
        if not _is_our_training(process):
            raise InputError(
                f"{folder.name} is being trained by process {holder.pid}, which has a window: stop it there"
            )
        process.terminate()
    except psutil.Error as error:
        raise InputError(f"process {holder.pid}, which trains {folder.name}, cannot be stopped: {error}") from error
    return f"{folder.name} is saving and stopping"


def last_line(output: Path) -> str:
    """Return the last line that a training wrote, or why it cannot be read."""
    try:
        said = read_end(output, MOST_SAID).decode(errors="replace")
    except (UnfitFileError, OSError) as error:
        return str(error)
    lines = [line for line in said.splitlines() if line.strip()]
    return lines[-1] if lines else "it ended without a message"


def _is_our_training(process: psutil.Process) -> bool:
    """Return whether a process of this user runs the command ``train``."""
    words = process.cmdline()
    ours = os.name != "posix" or process.uids().real == os.getuid()
    program = next((place for place, word in enumerate(words) if _is_program(word)), None)
    return ours and program is not None and "train" in words[program + 1 :]


def _is_program(word: str) -> bool:
    path = Path(word)
    return word == "dreamer_studio" or path.stem == "dreamer-studio" or path.parts[-2:] == MAIN_MODULE
