"""The rows of the list of runs: runs, or groups of seeds with their runs below, searched and sorted."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import Any

from dreamer_studio.library.entry import RunEntry
from dreamer_studio.library.groups.grouping import RunGroup, group_runs

Row = RunEntry | RunGroup
Key = Path | str
"""Identifies a row: the folder of a run, or the family of a group."""


def key_of(row: Row) -> Key:
    """Return the key of a row."""
    return row.path if isinstance(row, RunEntry) else row.family


def passes(entry: RunEntry, words: Sequence[str]) -> bool:
    """Return whether title, task, preset, state, note or folder of a run contain all these lowercase words."""
    if not words:
        return True
    texts = (entry.title, entry.task, entry.preset, entry.state, entry.note, entry.path.name)
    text = "\n".join(texts).casefold()
    return all(word in text for word in words)


def arrange(
    entries: Sequence[RunEntry],
    sort_key: Callable[[RunEntry], Any],
    *,
    descending: bool,
    grouped: bool,
    unfolded: Collection[str],
) -> tuple[list[Row], dict[str, RunGroup]]:
    """Sort runs, and put a group before each set of runs that differ only by their seeds.

    A group stands where its first run would stand.

    Args:
        entries: the runs that pass the search.
        sort_key: value of a run by which to sort.
        descending: whether the largest value comes first.
        grouped: whether to make groups.
        unfolded: families of the groups whose runs are shown.

    Returns:
        the rows, and all groups by their family; no groups without `grouped`.
    """
    found = sorted(entries, key=sort_key, reverse=descending)
    if not grouped:
        return list(found), {}
    groups = {group.family: group for group in group_runs(found)}
    rows: list[Row] = []
    seen: set[str] = set()
    for entry in found:
        group = groups.get(entry.family)
        if group is None or len(group.runs) == 1:
            rows.append(entry)
        elif group.family not in seen:
            seen.add(group.family)
            rows += [group, *(group.runs if group.family in unfolded else ())]
    return rows, groups
