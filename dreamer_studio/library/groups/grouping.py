"""Groups the runs of a list: runs of the same task and settings, which differ only by their seeds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dreamer_studio.library.entry import RunEntry, RunState
from dreamer_studio.library.groups.family import differing_settings, group_by_family, shared_name
from dreamer_studio.library.groups.scores import iqm


@dataclass(frozen=True)
class RunGroup:
    """One run or more with the same task and settings.

    Attributes:
        name: the common beginning of the runs' titles; the whole title of a single run.
        runs: the runs, in the order of the list.
        settings: the settings in which the groups of this task differ, such as "horizon=20"; empty without others.
    """

    name: str
    runs: tuple[RunEntry, ...]
    settings: str = ""

    @property
    def family(self) -> str:
        """Return the text that all runs of the group share."""
        return self.runs[0].family

    @property
    def task(self) -> str:
        """Return the task."""
        return self.runs[0].task

    @property
    def tested(self) -> tuple[RunEntry, ...]:
        """Return the runs that have a test."""
        return tuple(run for run in self.runs if run.last_test is not None)

    @property
    def last_test(self) -> float | None:
        """Return the interquartile mean of the newest tests of all runs; None before the first test."""
        last = [run.last_test for run in self.runs if run.last_test is not None]
        return float(iqm([np.array(last)])) if last else None

    @property
    def best_test(self) -> float | None:
        """Return the highest mean return of a test of any run; None before the first test."""
        return max((run.best_test for run in self.runs if run.best_test is not None), default=None)

    @property
    def steps_per_s(self) -> float | None:
        """Return the environment steps per second of all runs in training together; None if none trains."""
        speeds = [run.steps_per_s for run in self.runs if run.state.training and run.steps_per_s]
        return sum(speeds) if speeds else None

    def state_words(self) -> str:
        """Return the number of runs in each state, such as "2 training here, 1 finished"; a single state has no count.

        The order is that of `RunState`.
        """
        states = [run.state for run in self.runs]
        counts = [(states.count(state), state) for state in RunState if state in states]
        return str(states[0]) if len(counts) == 1 else ", ".join(f"{count} {state}" for count, state in counts)


def group_runs(entries: Sequence[RunEntry]) -> tuple[RunGroup, ...]:
    """Return the groups of runs, in the order of their first runs. Runs without a readable configuration are left out.

    A run without other seeds is a group by itself.
    """
    groups = group_by_family(entries, lambda entry: entry.family)
    of_task: dict[str, list[RunEntry]] = defaultdict(list)
    for first, *_ in groups:
        of_task[first.task].append(first)
    settings: dict[str, str] = {}
    for firsts in of_task.values():
        configs = [first.config for first in firsts if first.config is not None]
        for first, differing in zip(firsts, differing_settings(configs), strict=True):
            settings[first.family] = ", ".join(f"{name}={value}" for name, value in differing.items())
    return tuple(RunGroup(_name_of(runs), runs, settings[runs[0].family]) for runs in groups)


def _name_of(runs: Sequence[RunEntry]) -> str:
    return runs[0].title if len(runs) == 1 else shared_name([run.title for run in runs])
