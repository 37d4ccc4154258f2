"""Estimates time, memory and disk of a run from a measurement of this machine."""

from __future__ import annotations

from dataclasses import dataclass

from dreamer_studio.config import Config
from dreamer_studio.texts import from_to, rough_range, rough_time, size_words
from dreamer_studio.training.pace import seconds_left
from dreamer_studio.viewing.new_run.messages import Measurement

ROW_IN_MEMORY = 12_400
"""Bytes of an agent step in memory: an image of 64 x 64, and a few numbers."""

MIB = 2**20


@dataclass(frozen=True)
class Estimate:
    """Time, memory and disk of a whole run, extrapolated from seconds of measurement.

    Attributes:
        fastest_s: seconds if all updates are as fast as the fastest measured one, without tests and checkpoints.
        slowest_s: seconds if all updates are as slow as the slowest measured one.
        memory_bytes: of training and environment with a full replay memory, without the window.
        disk_bytes: of all episodes and the kept checkpoints.
        at_least: whether all of these are lower bounds, because the measurement gave up an update.
    """

    fastest_s: float
    slowest_s: float
    memory_bytes: float
    disk_bytes: float
    at_least: bool

    @property
    def words(self) -> str:
        """Return the estimate in a line."""
        memory, disk = size_words(self.memory_bytes), size_words(self.disk_bytes)
        if self.at_least:
            return f"more than {rough_time(self.fastest_s)}, {memory} of memory and {disk} on disk"
        return f"{rough_range(self.fastest_s, self.slowest_s)}, memory {memory}, disk {disk}"


def estimate(config: Config, measured: Measurement) -> Estimate:
    """Extrapolate a measurement to the whole run of a configuration."""
    fastest, slowest = (
        seconds_left(config, 0, 0, None, measured.step_s, update_s)
        for update_s in (measured.fastest_s, measured.slowest_s)
    )
    rows = config.steps / config.action_repeat
    memory = measured.memory_bytes + min(config.replay_ram_mb * MIB, rows * ROW_IN_MEMORY)
    disk = rows * measured.row_bytes + kept_checkpoints(config, slowest) * measured.checkpoint_bytes
    return Estimate(fastest, slowest, memory, disk, at_least=not measured.updates)


def kept_checkpoints(config: Config, seconds: float) -> int:
    """Return the most checkpoints that a run of this many seconds can leave in its folder."""
    made = seconds / config.checkpoint_every + 1
    if config.checkpoint_tests and config.eval_every:
        made += config.steps / config.eval_every
    newest = min(config.keep_newest, made)
    older = max(0.0, made - newest)
    best = 1 if config.eval_every and older else 0
    return round(newest + (older / config.keep_each if config.keep_each else 0)) + best


def basis(task: str, measured: Measurement) -> str:
    """Return sentences on the basis of an estimate."""
    other = "" if measured.task == task else f" It was measured with {measured.task}; this task's own speed may differ."
    fastest, slowest = _precise_time(measured.fastest_s), _precise_time(measured.slowest_s)
    if measured.updates:
        many = "1 update" if measured.updates == 1 else f"{measured.updates} updates"
        each = fastest if fastest == slowest else f"{from_to(fastest, slowest)} each"
        speed = f"Extrapolated from {many} on this machine ({measured.device}): {each}"
    else:
        speed = (
            f"The measurement gave up on an update, which takes too long on this machine ({measured.device}): more "
            f"than {fastest}"
        )
    step = f"{_precise_time(measured.step_s)} an action"
    return f"{speed}, {step}. Without tests, checkpoints and the window; other programs make it longer.{other}"


def _precise_time(seconds: float) -> str:
    """Return a short time with at most three digits, such as "284 ms" or "13.4 s"."""
    return f"{1000 * seconds:.3g} ms" if seconds < 0.9995 else f"{seconds:.3g} s"
