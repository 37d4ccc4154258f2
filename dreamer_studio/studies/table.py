"""Formats the progress of a study as a table."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from dreamer_studio.studies.launching import Outcome
from dreamer_studio.studies.progress import RunProgress, StudyProgress, count_states, counts_text
from dreamer_studio.texts import table_text

_HEADINGS = ("run", "step", "of", "test", "state", "host")
_RIGHT = {"step", "of", "test"}


def as_text(progress: StudyProgress) -> str:
    """Return a line for the whole study, and a line for each run."""
    count = len(progress.runs)
    runs = f"{count:,} run{'' if count == 1 else 's'}"
    return (
        f"{progress.name}: {runs} in {progress.folder}: {counts_text(count_states(progress))}\n{table(progress.runs)}"
    )


def outcome_text(outcome: Outcome, folder: Path) -> str:
    """Return the outcome of a launch: a line, and a table of the runs that are not finished."""
    parts = (
        (outcome.failed, "failed"),
        (outcome.unfinished, "stopped"),
        (outcome.elsewhere, "left to other processes"),
    )
    counts = [f"{len(runs):,} {words}" for runs, words in parts if runs]
    line = ", ".join([f"{outcome.finished:,} of {outcome.count:,} runs in {folder} are finished", *counts])
    runs = [*outcome.failed, *outcome.unfinished, *outcome.elsewhere]
    return f"{line}\n{table(runs)}" if runs else line


def table(runs: Sequence[RunProgress]) -> str:
    """Return a line for each run, with the problem of a damaged or failed run and the updates of single parts."""
    return table_text(_HEADINGS, _RIGHT, [(_cells(run), run.remark) for run in runs])


def _cells(progress: RunProgress) -> tuple[str, ...]:
    test = "" if progress.last_test is None else f"{progress.last_test:,.1f}"
    run = progress.run
    return (run.name, f"{progress.step:,}", f"{run.steps:,}", test, str(progress.state), progress.host or "")
