"""Follows the log and the newest actions of a run, and keeps what the rules need."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from dreamer_studio.arrays import Floats
from dreamer_studio.session import Place, Status
from dreamer_studio.session.log_reader import START
from dreamer_studio.viewing.health.evidence import ACTIONS, UPDATES, Evidence, Returns, Tested

if TYPE_CHECKING:
    from dreamer_studio.training.events import StepTaken
    from dreamer_studio.trust.judgment import Judgment

RowsSince = Callable[[Place], tuple[list[dict[str, Any]], Place]]
StepsSince = Callable[[int], "tuple[list[StepTaken], int]"]

QUANTITIES: Final = ("kl", "actor_entropy", "imagined_value", "value_loss", "imagined_reward", "reward_loss")
"""Quantities of the updates that the rules read."""


class HealthReader:
    """Follows one run. One thread calls it.

    Args:
        rows_since: returns the rows of the log after a place, and the place after those rows.
        steps_since: returns the agent steps from a number on, and the number of the next one.
    """

    def __init__(self, rows_since: RowsSince, steps_since: StepsSince) -> None:
        self._rows_since, self._steps_since = rows_since, steps_since
        self._place, self._steps = START, 0
        self._log = _Log()
        self._actions: deque[Floats] = deque(maxlen=ACTIONS)

    def read(self, status: Status, judgment: Judgment | None = None, judged: int | None = None) -> Evidence:
        """Read the new rows and steps, and return the evidence.

        Args:
            status: of the run, taken before this call: so the log has all episodes of a prefill that has ended.
            judgment: the newest one.
            judged: the update of its weights.
        """
        steps, self._steps = self._steps_since(self._steps)
        rows, place = self._rows_since(self._place)
        if place.opening != self._place.opening:  # the training went back: these are all rows
            self._log = _Log()
            self._actions.clear()
        self._place = place
        for row in rows:
            self._log.add(row)
        self._note(steps, status)
        log = self._log
        return Evidence(
            status,
            {name: tuple(values) for name, values in log.updates.items()},
            tuple(log.attempts),
            log.not_finite,
            log.returns,
            tuple(log.tests),
            np.array(self._actions) if self._actions else None,
            judgment,
            judged,
        )

    def _note(self, steps: Sequence[StepTaken], status: Status) -> None:
        """Keep the actions of the policy. In the prefill actions are random; a watched run has no prefill."""
        if status.prefill and not status.watching:
            return
        last_random = -1 if status.watching else self._log.last_prefill
        self._actions.extend(
            np.asarray(step.time_step.action, np.float64)
            for step in steps
            if step.index > 0 and step.episode > last_random
        )


class _Log:
    """What the rules need of the rows of a log."""

    def __init__(self) -> None:
        self.updates: dict[str, deque[float]] = {name: deque(maxlen=UPDATES) for name in QUANTITIES}
        self.attempts: deque[bool] = deque(maxlen=UPDATES)
        self.not_finite = ""
        self.returns = Returns()
        self.tests: list[Tested] = []
        self.last_prefill = -1
        self._since_test: list[float] = []
        self._test: list[float] = []

    def add(self, row: dict[str, Any]) -> None:
        """Add a row; rows of other programs may lack any value."""
        match row["kind"]:
            case "update":
                self.attempts.append(False)
                for name, values in self.updates.items():
                    if isinstance(value := row.get(name), int | float):
                        values.append(float(value))
            case "skipped":
                self.attempts.append(True)
                self.not_finite = str(row.get("not_finite", ""))
            case "prefill" | "train" | "test" as kind if isinstance(row.get("return"), int | float):
                self._add_episode(kind, row)

    def _add_episode(self, kind: str, row: dict[str, Any]) -> None:
        total, length, before = float(row["return"]), row.get("length"), self.returns
        per_step = total / length if isinstance(length, int) and length > 0 else before.per_step
        self.returns = Returns(
            before.count + 1,
            max(before.highest, total),
            min(before.lowest, total),
            max(before.per_step, per_step),
        )
        if kind == "prefill":
            self.last_prefill = number if isinstance(number := row.get("episode"), int) else self.last_prefill
        elif kind == "train":
            self._since_test.append(total)
        else:
            self._add_test(row["step"], total)

    def _add_test(self, step: int, total: float) -> None:
        """Add an episode of a test; those of one test have the same step."""
        if self.tests and self.tests[-1].step == step:
            self._test.append(total)
            self.tests[-1] = self.tests[-1]._replace(mean=sum(self._test) / len(self._test))
            return
        around, self._since_test, self._test = self._since_test, [], [total]
        ends = (min(around), max(around)) if around else (float("nan"), float("nan"))
        self.tests.append(Tested(step, total, *ends, len(around)))
