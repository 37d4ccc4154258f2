"""The report of a measurement."""

from __future__ import annotations

import dataclasses
from typing import Any

from dreamer_studio.texts import rough_time, size_words


@dataclasses.dataclass(frozen=True)
class BenchReport:
    """The measurements; times are medians.

    Attributes:
        task, preset, device, threads: the subject of the measurement.
        precision: the format of the networks' numbers, "float32" or "bfloat16".
        updates: number of timed updates, after the first; 0 if an update took too long and was given up.
        update_s: seconds per update. Without a timed update, a lower bound.
        fastest_update_s: seconds of the fastest timed update; without one, `update_s`.
        slowest_update_s: seconds of the slowest timed update; None without one, because the time has no upper bound.
        update_phases: seconds per phase of an update; empty without a timed update.
        first_update_s: seconds from the first batch to the end of the first update, or until it was given up.
        operations: of one update's matrix products and convolutions; a multiplication and an addition count as two.
        matmul_gflops: 1e9 operations per second in one large matrix product, by format; bfloat16 is None if the
            device does not support it.
        floor_ratio: update_s over the time that `operations` would take at the rate of `precision`, or of float32 if
            the device does not support that format.
        env_steps_per_s, agent_steps_per_s: environment and agent steps per second while collecting with the policy.
        render_ms: milliseconds per frame that the environment draws.
        dream_fps: dreamed frames per second, imagined and decoded.
        memory_bytes: resident memory of this process and the environment's after the updates; on a GPU, without the
            GPU's own memory.
        checkpoint_bytes: of weights and optimizers.
        row_bytes: of an agent step in an episode's file.
        run_hours: estimated hours of a run of this preset on this machine. Without a timed update, a lower bound.
    """

    task: str
    preset: str
    device: str
    threads: int
    precision: str
    updates: int
    update_s: float
    fastest_update_s: float
    slowest_update_s: float | None
    update_phases: dict[str, float]
    first_update_s: float
    operations: float
    matmul_gflops: dict[str, float | None]
    floor_ratio: float
    env_steps_per_s: float
    agent_steps_per_s: float
    render_ms: float
    dream_fps: float
    memory_bytes: int
    checkpoint_bytes: int
    row_bytes: float
    run_hours: float

    def as_dict(self) -> dict[str, Any]:
        """Return all fields, rounded to four significant digits."""
        return {name: _rounded(value) for name, value in dataclasses.asdict(self).items()}

    def as_text(self) -> str:
        """Return the report as lines of text."""
        rates = ", ".join(f"{name} {rate:,.0f}" for name, rate in self.matmul_gflops.items() if rate is not None)
        rows = [
            ("update", self._update_words),
            *((f"  {name}", f"{seconds:.3f} s") for name, seconds in self.update_phases.items()),
            ("floor", f"{self.floor_ratio:.2f} times as long as its {self.operations:.2e} operations in one"),
            ("matrix product", f"{rates} GFLOP/s"),
            ("collecting", f"{self.env_steps_per_s:.1f} environment steps/s, {self.agent_steps_per_s:.1f} actions/s"),
            ("rendering", f"{self.render_ms:.1f} ms a frame"),
            ("dreaming", f"{self.dream_fps:.0f} frames/s"),
            ("memory", f"{size_words(self.memory_bytes)}, without replay and window"),
            ("disk", f"{size_words(self.checkpoint_bytes)} a checkpoint, {self.row_bytes:,.0f} bytes an action"),
            ("whole run", f"{self._about} {rough_time(3600 * self.run_hours)}, without its tests"),
        ]
        where = f"{self.precision} on {self.device}, {self.threads} threads"
        lines = [f"{self.task}, preset {self.preset}, {where}", *(f"{name:<22} {value}" for name, value in rows)]
        return "\n".join(lines)

    @property
    def _update_words(self) -> str:
        if self.slowest_update_s is None:
            return f"more than {self.update_s:.3f} s; one was given up. The first: {self.first_update_s:.3f} s or more"
        ends = f"{self.fastest_update_s:.3f} to {self.slowest_update_s:.3f}"
        return f"{self.update_s:.3f} s, median of {self.updates} ({ends}); the first took {self.first_update_s:.3f} s"

    @property
    def _about(self) -> str:
        return "about" if self.updates else "more than"


def _rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _rounded(part) for name, part in value.items()}
    return float(f"{value:.4g}") if isinstance(value, float) else value
