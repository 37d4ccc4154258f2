"""Prints how far a study is as a table."""

from __future__ import annotations

from collections.abc import Sequence

from dreamer_studio.studies.status import RunStatus, StudyStatus, count_states, counts_text

_HEADINGS = ("run", "step", "of", "test", "state", "host")
_RIGHT = {"step", "of", "test"}


def as_text(status: StudyStatus) -> str:
    """Return a line for the whole study, and a line for each run."""
    count = len(status.runs)
    runs = f"{count:,} run{'' if count == 1 else 's'}"
    return f"{status.name}: {runs} in {status.folder}: {counts_text(count_states(status))}\n{table(status.runs)}"


def table(runs: Sequence[RunStatus]) -> str:
    """Return a line for each run, with the problem of a damaged or failed run."""
    rows = [_HEADINGS, *(_cells(run) for run in runs)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEADINGS))]
    notes = ["", *(run.problem for run in runs)]
    return "\n".join(f"{_line(row, widths)}  {note}".rstrip() for row, note in zip(rows, notes, strict=True))


def _cells(status: RunStatus) -> tuple[str, ...]:
    test = "" if status.last_test is None else f"{status.last_test:,.1f}"
    run = status.run
    return (run.name, f"{status.step:,}", f"{run.steps:,}", test, str(status.state), status.host or "")


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    parts = (
        cell.rjust(width) if heading in _RIGHT else cell.ljust(width)
        for cell, width, heading in zip(cells, widths, _HEADINGS, strict=True)
    )
    return "  ".join(parts)
