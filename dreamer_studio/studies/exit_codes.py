"""What the exit code of a training says."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from dreamer_studio.library.trainings import last_line
from dreamer_studio.studies.progress import RunProgress
from dreamer_studio.studies.progress_reader import PREFIX

REFUSED: Final = 2
"""A training that did not begin, for example because another trainer has the run."""

SIGNALS_FROM: Final = 128
"""Codes above this number are those of a training that a signal asked to save and end."""


def problem_of(code: int, progress: RunProgress, output: Path) -> str:
    """Return why a training failed, in one line: its own last line before what its folder shows.

    Args:
        code: the exit code of its process; negative if a signal ended the process.
        progress: the run after that.
        output: file to which the training wrote.
    """
    if code < 0:
        return f"ended by signal {-code}"
    line = last_line(output)
    return line.removeprefix(PREFIX) if line.startswith(PREFIX) else progress.problem or line
