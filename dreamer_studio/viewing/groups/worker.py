"""Follows the tests of the chosen groups of runs, and computes their averages and comparison. Needs no torch."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np

from dreamer_studio.files import UnfitFileError
from dreamer_studio.library.groups.aligned import align
from dreamer_studio.library.groups.comparing import improvement, profile
from dreamer_studio.library.groups.scores import band, iqm, mean
from dreamer_studio.library.groups.test_log import TestLog
from dreamer_studio.runs.folder import RunFolder
from dreamer_studio.viewing.groups.messages import (
    Averaging,
    ChosenGroup,
    Comparison,
    GroupCurve,
    GroupsChannel,
    GroupsRequest,
    GroupsResult,
)
from dreamer_studio.viewing.throttle import Throttle

LOOK_SECONDS: Final = 2.0
"""Time between two looks at the logs."""

MOST_KEPT: Final = 300
"""Runs whose tests stay in memory, so that a group that is chosen again is there at once."""

THRESHOLDS: Final = 201
"""Points of a performance profile."""

_AVERAGES: Final = {Averaging.IQM: iqm, Averaging.MEAN: mean}


class GroupsWorker:
    """Answers the standing request for groups of runs. Each turn reads the new rows of one log.

    Curves of groups without new tests are not computed again.
    """

    def __init__(self, channel: GroupsChannel, look_seconds: float = LOOK_SECONDS) -> None:
        self.channel = channel
        self._due = Throttle(look_seconds)
        self._generation = 0
        self._request: GroupsRequest | None = None
        self._kept: dict[Path, _Followed] = {}
        self._followed: list[_Followed] = []
        self._unread: list[_Followed] = []
        self._curves: dict[ChosenGroup, GroupCurve] = {}
        self._stale = False

    def turn(self) -> bool:
        """Read some rows, or compute a result. Return whether there was work."""
        taken = self.channel.take()
        if taken is not None:
            self._begin(*taken)
        if self._request is None or not self.channel.wants(self._generation):
            return False
        if not self._unread and not self._stale and self._due():
            self._unread = list(self._followed)
        if self._unread:
            return self._read_one()
        if self._stale:
            self._compute(self._request)
            return True
        return taken is not None

    def _begin(self, generation: int, request: GroupsRequest) -> None:
        before = self._request
        if before is None or (before.unit, before.averaging) != (request.unit, request.averaging):
            self._curves = {}
        self._generation, self._request, self._stale = generation, request, True
        paths = dict.fromkeys(path for group in request.groups for path in group.runs)
        self._followed = [self._kept.pop(path) if path in self._kept else _Followed(path) for path in paths]
        self._kept |= {run.path: run for run in self._followed}
        for path in list(self._kept)[: -max(MOST_KEPT, len(paths))]:
            del self._kept[path]
        self._curves = {group: curve for group, curve in self._curves.items() if group in request.groups}
        self._unread = list(self._followed)

    def _read_one(self) -> bool:
        """Read some rows of one log. A log with new rows returns to the queue, because it may have more."""
        run = self._unread.pop(0)
        before = run.log.tests, run.problem
        if run.read():
            self._unread.append(run)
        if (run.log.tests, run.problem) != before:
            self._stale = True
            self._curves = {group: curve for group, curve in self._curves.items() if run.path not in group.runs}
        return self._stale or bool(self._unread)

    def _compute(self, request: GroupsRequest) -> None:
        """Compute the curve of one group, or answer if all are there."""
        missing = next((group for group in request.groups if group not in self._curves), None)
        if missing is not None:
            self._curves[missing] = self._curve(missing, request)
            return
        self._stale = False
        curves = tuple(self._curves[group] for group in request.groups)
        comparison, problem = _compare(curves, request) if len(curves) == 2 else (None, "")
        self.channel.answer(self._generation, GroupsResult(request, curves, comparison, problem), done=False)

    def _curve(self, group: ChosenGroup, request: GroupsRequest) -> GroupCurve:
        runs = [self._kept[path] for path in group.runs]
        problem = next((run.problem for run in runs if run.problem), "")
        curves = tuple(run.log.tests for run in runs if len(run.log.tests))
        if not curves:
            return GroupCurve(group, (), np.empty(0), None, problem)
        aligned = align(curves, request.unit)
        average = None
        if len(aligned.across):
            average = band([aligned.score], _AVERAGES[request.averaging])
        return GroupCurve(group, curves, aligned.across, average, problem)


def _compare(curves: tuple[GroupCurve, ...], request: GroupsRequest) -> tuple[Comparison | None, str]:
    """Compare two groups at the last position that all their runs have, or say why that is not possible."""
    first, second = curves
    if first.group.task != second.group.task:
        return None, "The two groups learn different tasks, so their returns cannot be compared."
    for curve in curves:
        if not curve.runs:
            return None, f"{curve.group.name} has no test yet."
    together = align([*first.runs, *second.runs], request.unit)
    if not len(together.across):
        return None, f"The tests of the two groups have no {request.unit} in common."
    scores = together.score[:, -1]
    parts = scores[: len(first.runs)], scores[len(first.runs) :]
    low, high = float(scores.min()), float(scores.max())
    room = 0.05 * (high - low) or 0.5
    thresholds = np.linspace(low - room, high + room, THRESHOLDS)
    profiles = profile([parts[0]], thresholds), profile([parts[1]], thresholds)
    at = float(together.across[-1])
    return Comparison(at, thresholds, profiles, improvement([parts[0]], [parts[1]])), ""


class _Followed:
    """A run whose tests are read.

    Attributes:
        path: its folder.
        log: its tests.
        problem: why it cannot be read, in a sentence; empty if it can.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.log = TestLog(RunFolder(path).metrics_file)
        self.problem = ""

    def read(self) -> bool:
        """Read new rows. Return whether there were any."""
        self.problem = ""
        try:
            return self.log.read()
        except (UnfitFileError, OSError) as error:
            self.problem = f"{self.path.name} cannot be read: {error}"
            return False
