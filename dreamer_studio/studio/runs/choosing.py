"""Chooses the groups of runs to show: those of the ticked runs, or the selected row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from dreamer_studio.library.entry import RunEntry
from dreamer_studio.library.groups.grouping import RunGroup, group_runs
from dreamer_studio.studio.run_list.rows import Row
from dreamer_studio.studio.run_list.run_model import RunModel
from dreamer_studio.viewing.groups.messages import ChosenGroup


def chosen_groups(model: RunModel, selected: Row | None) -> tuple[ChosenGroup, ...]:
    """Return the groups of the ticked runs; without ticks, the selected run or group.

    The order is by task and name, so that groups keep their colors when the list is sorted or grows.
    """
    ticked = set(model.ticked)
    if ticked:
        groups = group_runs(_with_untested(model.entries, ticked))
    elif selected is None:
        return ()
    else:
        runs = selected.runs if isinstance(selected, RunGroup) else (selected,)
        groups = (RunGroup(selected.name, runs),)
    return _named(sorted(groups, key=lambda group: (group.task, group.name, group.family)))


def _with_untested(entries: Sequence[RunEntry], ticked: set[Path]) -> list[RunEntry]:
    """Return the ticked runs. If all runs of a group that can be ticked are, add the group's other runs."""
    partial = {run.family for run in entries if run.comparable and run.path not in ticked}
    whole = {run.family for run in entries if run.path in ticked} - partial
    return [run for run in entries if run.path in ticked or (not run.comparable and run.family in whole)]


def _named(groups: Sequence[RunGroup]) -> tuple[ChosenGroup, ...]:
    """Give each group a unique name: add its settings or a number if others have the same name."""
    names = [group.name for group in groups]
    if len(set(names)) < len(names):
        counted = Counter(names)
        names = [
            f"{group.name} ({group.settings})" if counted[group.name] > 1 and group.settings else group.name
            for group in groups
        ]
    taken: Counter[str] = Counter()
    chosen = []
    for name, group in zip(names, groups, strict=True):
        taken[name] += 1
        unique = name if taken[name] == 1 else f"{name} ({taken[name]})"
        chosen.append(ChosenGroup(unique, group.task, tuple(sorted(run.path for run in group.runs))))
    return tuple(chosen)
