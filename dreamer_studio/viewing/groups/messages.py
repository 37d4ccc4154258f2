"""Groups of runs: the window's request, and the result with their curves and comparison."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from dreamer_studio.arrays import Floats
from dreamer_studio.library.groups.comparing import Improvement
from dreamer_studio.library.groups.scores import Banded
from dreamer_studio.library.groups.test_log import TestCurve, Unit
from dreamer_studio.viewing.channel import Channel

MOST_GROUPS: Final = 6
"""Most groups in one plot, so that each has its own color and dashes."""


class Averaging(StrEnum):
    """The average over the runs of a group. The value is its name in the window."""

    IQM = "IQM"
    MEAN = "mean"


@dataclass(frozen=True)
class ChosenGroup:
    """A group of runs that the user wants to see.

    Attributes:
        name: its name in legends; no two groups of a request have the same name.
        task: the task of its runs.
        runs: their folders.
    """

    name: str
    task: str
    runs: tuple[Path, ...]


@dataclass(frozen=True)
class GroupsRequest:
    """At most `MOST_GROUPS` groups, the unit of the horizontal axis and the average."""

    groups: tuple[ChosenGroup, ...]
    unit: Unit = Unit.STEPS
    averaging: Averaging = Averaging.IQM


@dataclass(frozen=True, eq=False)
class GroupCurve:
    """The tests of a group.

    Attributes:
        group: the group.
        runs: the tests of each run that has any.
        across: (T,), common positions.
        average: the average over the runs at these positions; None if the runs have no position in common.
        problem: why a run could not be read, in a sentence; empty if all could.
    """

    group: ChosenGroup
    runs: tuple[TestCurve, ...]
    across: Floats
    average: Banded | None
    problem: str = ""


@dataclass(frozen=True, eq=False)
class Comparison:
    """Two groups, compared at one position.

    Attributes:
        at: the position, the last that all runs of both groups have.
        thresholds: (T,), returns.
        profiles: of each group, the share of its runs above each threshold.
        improvement: the probability that a run of the first group is better.
    """

    at: float
    thresholds: Floats
    profiles: tuple[Banded, Banded]
    improvement: Improvement


@dataclass(frozen=True, eq=False)
class GroupsResult:
    """The curves of the chosen groups.

    Attributes:
        request: the request.
        curves: a curve for each group, in the order of the request.
        comparison: of two groups; None otherwise.
        problem: why two groups cannot be compared, in a sentence; empty if they can, or if there are not two.
    """

    request: GroupsRequest
    curves: tuple[GroupCurve, ...]
    comparison: Comparison | None = None
    problem: str = ""


GroupsChannel = Channel[GroupsRequest, GroupsResult]
