"""Prints the list of runs as a table."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from dreamer_studio.library.entry import RunEntry
from dreamer_studio.texts import duration_words, size_words, table_text

_MOST_WIDTH = 40
_HEADINGS = ("name", "task", "preset", "step", "test", "state", "last", "size")
_RIGHT = {"step", "test", "size"}


def as_text(entries: Sequence[RunEntry], roots: Sequence[Path], now: float) -> str:
    """Return a line for each run, with the problem of a damaged or failed run and the updates of single parts.

    Args:
        entries: the runs.
        roots: the searched folders.
        now: seconds since 1970.
    """
    if not entries:
        return f"no runs in {', '.join(map(str, roots))}"
    return table_text(_HEADINGS, _RIGHT, [(_cells(entry, now), entry.remark) for entry in entries])


def _cells(entry: RunEntry, now: float) -> tuple[str, ...]:
    return (
        _short(entry.title),
        _short(entry.task),
        _short(entry.preset),
        f"{entry.step:,}",
        "" if entry.last_test is None else f"{entry.last_test:,.1f}",
        entry.state_words(now),
        f"{duration_words(now - entry.changed)} ago",
        "" if entry.size_bytes is None else size_words(entry.size_bytes),
    )


def _short(text: str) -> str:
    return text if len(text) <= _MOST_WIDTH else f"{text[: _MOST_WIDTH - 3]}..."
