"""Asks before a very large study starts."""

from __future__ import annotations

import re
import sys

from dreamer_studio.studies.study import StudyError
from dreamer_studio.studies.study_folder import FoundStudy

UNASKED = 200
"""A study with more runs starts only if the user states their number."""


def agree(found: FoundStudy, count: int, said: int | None) -> None:
    """Make sure that the user means the number of runs. If the number is large and new, ask on a terminal.

    Args:
        found: the study.
        count: its number of runs.
        said: the number in the option ``--runs``.

    Raises:
        StudyError: the user stated another number, or none.
    """
    if said is not None and said != count:
        raise StudyError(f"this study has {count:,} runs, not {said:,}")
    if said is not None or count <= max(UNASKED, _kept_count(found)):
        return
    if not sys.stdin.isatty():
        raise StudyError(f"this study has {count:,} runs: if you mean that, add --runs {count}")
    sys.stderr.write(f"This study has {count:,} runs. To start it, type the number of runs: ")
    sys.stderr.flush()
    if re.sub(r"[\s,._]", "", sys.stdin.readline()) != str(count):
        raise StudyError("that is another number, so nothing was started")


def _kept_count(found: FoundStudy) -> int:
    """Return how many runs the user agreed to before."""
    kept = found.folder.kept()
    return 0 if kept is None or kept.name != found.study.name else kept.run_count
