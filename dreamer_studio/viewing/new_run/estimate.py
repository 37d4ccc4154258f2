"""Estimates time, memory and disk of a run from a measurement of this machine."""

from __future__ import annotations

from dataclasses import dataclass

from dreamer_studio.config import Config
from dreamer_studio.texts import size_words
from dreamer_studio.training.pace import seconds_left
from dreamer_studio.viewing.new_run.messages import Measurement

ROW_IN_MEMORY = 12_400
"""Bytes of an agent step in memory: an image of 64 x 64, and a few numbers."""

MIB = 2**20


@dataclass(frozen=True)
class Estimate:
    """Time, memory and disk of a whole run, extrapolated from seconds of measurement.

    Attributes:
        seconds: without tests and checkpoints.
        memory_bytes: of training and environment with a full replay memory, without the window.
        disk_bytes: of all episodes and the kept checkpoints.
    """

    seconds: float
    memory_bytes: float
    disk_bytes: float

    @property
    def words(self) -> str:
        """Return the estimate in a line."""
        sizes = f"memory {size_words(self.memory_bytes)}, disk {size_words(self.disk_bytes)}"
        return f"about {duration(self.seconds)}, {sizes}"


def estimate(config: Config, measured: Measurement) -> Estimate:
    """Extrapolate a measurement to the whole run of a configuration."""
    seconds = seconds_left(config, 0, 0, None, measured.step_s, measured.update_s)
    rows = config.steps / config.action_repeat
    memory = measured.memory_bytes + min(config.replay_ram_mb * MIB, rows * ROW_IN_MEMORY)
    disk = rows * measured.row_bytes + kept_checkpoints(config, seconds) * measured.checkpoint_bytes
    return Estimate(seconds, memory, disk)


def kept_checkpoints(config: Config, seconds: float) -> int:
    """Return how many checkpoints are in the folder at the end of a run of this many seconds."""
    made = seconds / config.checkpoint_every + 1
    if config.checkpoint_tests and config.eval_every:
        made += config.steps / config.eval_every
    newest = min(config.keep_newest, made)
    older = max(0.0, made - newest)
    return round(newest + (older / config.keep_each if config.keep_each else 0))


def duration(seconds: float) -> str:
    """Write a duration with two significant digits at most."""
    for unit, length in (("day", 86_400.0), ("hour", 3600.0), ("min", 60.0)):
        if seconds >= 0.95 * length:
            count = seconds / length
            number = f"{count:.1f}".removesuffix(".0") if count < 9.95 else f"{count:.0f}"
            return f"{number} {unit}" if number == "1" or unit == "min" else f"{number} {unit}s"
    return f"{max(1, round(seconds))} s"


def basis(task: str, measured: Measurement) -> str:
    """Return sentences on the basis of an estimate."""
    other = "" if measured.task == task else f" It was measured with {measured.task}; this task's own speed may differ."
    return (
        f"Extrapolated from a short measurement on this machine ({measured.device}): {measured.update_s:.3g} s an "
        f"update, {1000 * measured.step_s:.3g} ms an action. Without tests, checkpoints and the window; other programs "
        f"make it longer.{other}"
    )
