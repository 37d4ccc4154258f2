"""Measures this machine with `dreamer-studio bench`, in a process that loads torch."""

from __future__ import annotations

import json
import time

from dreamer_studio.config import Config
from dreamer_studio.envs import EnvError, WaitInterruptedError
from dreamer_studio.viewing.channel import Channel
from dreamer_studio.viewing.new_run.measurements import Measurements
from dreamer_studio.viewing.new_run.messages import Measurement
from dreamer_studio.viewing.new_run.program import run_verb, task_arguments
from dreamer_studio.viewing.new_run.waits import WaitingWorker
from dreamer_studio.viewing.worker import CannotAnswerError

MOST_SECONDS = 900.0
UPDATES = "2"


class MeasureWorker(WaitingWorker[Config, Measurement]):
    """Answers with a measurement of a configuration, and keeps the measurement.

    Args:
        channel: the requests.
        measurements: where measurements are kept.
    """

    def __init__(self, channel: Channel[Config, Measurement], measurements: Measurements) -> None:
        super().__init__(channel)
        self._measurements = measurements

    def turn(self) -> bool:
        """Measure the requested configuration, if there is one. This takes seconds to minutes."""
        taken = self.channel.take()
        if taken is None:
            return False
        generation, config = taken
        try:
            arguments = ["bench", "--json", "--updates", UPDATES, "--task", config.task, *task_arguments(config)]
            with self.wait(generation) as interruption:
                ended = run_verb(arguments, MOST_SECONDS, interruption)
            if ended.code:
                raise CannotAnswerError(ended.errors.removeprefix("dreamer-studio: ") or f"exit code {ended.code}")
            measured = _measurement(ended.output)
        except WaitInterruptedError:
            self.channel.put_back(generation)  # taken again only if it was not withdrawn
            return True
        except EnvError as error:
            raise CannotAnswerError(str(error)) from error
        self._measurements.keep(config, measured)
        self.channel.answer(generation, measured)
        return True


def _measurement(output: str) -> Measurement:
    report = json.loads(output)
    return Measurement(
        task=report["task"],
        device=report["device"],
        update_s=report["update_s"],
        step_s=1 / report["agent_steps_per_s"],
        memory_bytes=int(report["memory_bytes"]),
        checkpoint_bytes=int(report["checkpoint_bytes"]),
        row_bytes=report["row_bytes"],
        at=time.time(),
    )
