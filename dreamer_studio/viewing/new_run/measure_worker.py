"""Measures this machine with `dreamer-studio bench`, in a process that loads torch."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import psutil

from dreamer_studio.config import Config
from dreamer_studio.envs import Interruption
from dreamer_studio.library.entry import RunState
from dreamer_studio.library.listing import RunList
from dreamer_studio.runs.planning import AUTO
from dreamer_studio.texts import size_words
from dreamer_studio.viewing.channel import Channel
from dreamer_studio.viewing.new_run.measurements import Measurements
from dreamer_studio.viewing.new_run.messages import Measurement, MeasureRequest, NotMeasured
from dreamer_studio.viewing.new_run.program import run_verb, task_arguments
from dreamer_studio.viewing.new_run.waits import ProcessWorker
from dreamer_studio.viewing.worker import CannotAnswerError

MOST_SECONDS = 900.0
UPDATES = 5

PATIENCE_SECONDS = 60.0
"""Seconds for the updates. A longer update is given up, and the estimate is then a lower bound."""

LEAST_FREE_BYTES = 3 * 2**30
"""Free memory below which nothing is measured unless the user asks for it."""


class MeasureWorker(ProcessWorker[MeasureRequest, Measurement | NotMeasured]):
    """Answers with a measurement of a configuration, and keeps the measurement.

    Args:
        channel: the requests.
        measurements: where measurements are kept.
        device: where to compute: "auto", "cpu", "cuda" or "mps".
    """

    def __init__(
        self,
        channel: Channel[MeasureRequest, Measurement | NotMeasured],
        measurements: Measurements,
        device: str = AUTO,
    ) -> None:
        super().__init__(channel)
        self._measurements, self._device = measurements, device
        self._runs = RunList()

    def find(
        self, request: MeasureRequest, interruption: Interruption, tell: Callable[[Measurement | NotMeasured], None]
    ) -> Measurement | NotMeasured:
        """Measure a configuration, unless there is a reason against an automatic measurement."""
        reason = self._reason_against(request.roots) if request.automatic else ""
        if reason:
            return NotMeasured(reason)
        measured = self._measure(request.config, interruption)
        self._measurements.keep(request.config, self._device, measured)
        return measured

    def _measure(self, config: Config, interruption: Interruption) -> Measurement:
        options = ["--updates", str(UPDATES), "--at-most", str(PATIENCE_SECONDS), "--device", self._device]
        arguments = ["bench", "--json", *options, "--task", config.task, *task_arguments(config)]
        ended = run_verb(arguments, MOST_SECONDS, interruption)
        if ended.code:
            raise CannotAnswerError(ended.errors.removeprefix("dreamer-studio: ") or f"exit code {ended.code}")
        return _measurement(ended.output)

    def _reason_against(self, roots: Sequence[Path]) -> str:
        """Return why an automatic measurement should not begin now; empty if it may."""
        free = psutil.virtual_memory().available
        if free < LEAST_FREE_BYTES:
            return f"only {size_words(free)} of memory is free"
        training = [run.name for run in self._runs.list(roots) if run.state is RunState.TRAINING_HERE]
        if not training:
            return ""
        if len(training) == 1:
            return f"{training[0]} trains here, and a measurement would slow it down"
        return f"{training[0]} and {len(training) - 1} more train here, and a measurement would slow them down"


def _measurement(output: str) -> Measurement:
    report = json.loads(output)
    return Measurement(
        task=report["task"],
        device=report["device"],
        updates=int(report["updates"]),
        fastest_s=report["fastest_update_s"],
        slowest_s=report["slowest_update_s"] or report["fastest_update_s"],
        step_s=1 / report["agent_steps_per_s"],
        memory_bytes=int(report["memory_bytes"]),
        checkpoint_bytes=int(report["checkpoint_bytes"]),
        row_bytes=report["row_bytes"],
        at=time.time(),
    )
