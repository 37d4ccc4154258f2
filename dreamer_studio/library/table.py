"""Prints the list of runs as a table."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from dreamer_studio.library.entry import RunEntry
from dreamer_studio.texts import duration_words, size_words

_MOST_WIDTH = 40
_HEADINGS = ("name", "task", "preset", "step", "test", "state", "last", "size")
_RIGHT = {"step", "test", "size"}


def as_text(entries: Sequence[RunEntry], roots: Sequence[Path], now: float) -> str:
    """Return a line for each run, with the problem of a damaged or failed run.

    Args:
        entries: the runs.
        roots: the searched folders.
        now: seconds since 1970.
    """
    if not entries:
        return f"no runs in {', '.join(map(str, roots))}"
    rows = [_HEADINGS, *(_cells(entry, now) for entry in entries)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEADINGS))]
    lines = [_line(row, widths) for row in rows]
    notes = [""] + [f"  {entry.problem}" if entry.problem else "" for entry in entries]
    return "\n".join(f"{line}{note}".rstrip() for line, note in zip(lines, notes, strict=True))


def _cells(entry: RunEntry, now: float) -> tuple[str, ...]:
    return (
        _short(entry.name),
        _short(entry.task),
        _short(entry.preset),
        f"{entry.step:,}",
        "" if entry.last_test is None else f"{entry.last_test:,.1f}",
        entry.state_words(now),
        f"{duration_words(now - entry.changed)} ago",
        "" if entry.size_bytes is None else size_words(entry.size_bytes),
    )


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    parts = (
        cell.rjust(width) if heading in _RIGHT else cell.ljust(width)
        for cell, width, heading in zip(cells, widths, _HEADINGS, strict=True)
    )
    return "  ".join(parts)


def _short(text: str) -> str:
    return text if len(text) <= _MOST_WIDTH else f"{text[: _MOST_WIDTH - 3]}..."
