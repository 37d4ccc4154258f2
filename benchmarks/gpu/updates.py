"""Times updates of a preset: eager and compiled, in float32 and bfloat16, with phases, memory and waits."""

from __future__ import annotations

import functools
import warnings
from collections.abc import Mapping
from typing import Any

import torch

from benchmarks.gpu.order import SPEC, Order, Part, peak_memory
from dreamer_studio.bench.updates import made_up_batch, time_updates
from dreamer_studio.config import Precision
from dreamer_studio.dreamer.fast import Learner
from dreamer_studio.dreamer.noise import NoiseSource
from dreamer_studio.dreamer.precision import has_fast_bfloat16
from dreamer_studio.parts import result_of

MOST_UPDATES = 50
_WAITS = "synchronizing CUDA operation"


def update_part(precision: Precision, *, compiled: bool) -> Part:
    """Return the part that times updates in a precision."""
    return functools.partial(_measure, precision=precision, compiled=compiled)


def _measure(order: Order, *, precision: Precision, compiled: bool) -> Mapping[str, Any]:
    device = order.place
    if precision == "bfloat16" and not has_fast_bfloat16(device):
        return {"left_out": f"{device} has no bfloat16; emulated, an update takes hundreds of times as long"}
    config = order.config(precision=precision, compile=compiled)
    learner = order.learner(config)
    times = time_updates(learner, config, SPEC, device, MOST_UPDATES, order.seconds)
    found: dict[str, Any] = {
        "update_s": sum(times.phases.values()) if times.timed else None,
        "fastest_s": times.fastest_s,
        "slowest_s": times.slowest_s,
        "updates": len(times.timed),
        "first_s": times.first_s,
        "given_up_s": times.given_up_s,
        "phases": times.phases,
        **peak_memory(device),
    }
    if compiled:
        found["still_compiled"] = learner.compiled  # else compiling failed; the log has the reason
    order.tell(found)
    return {**found, "waits": waits_of_update(learner, order) if device.type == "cuda" and times.timed else None}


def waits_of_update(learner: Learner, order: Order) -> list[str]:
    """Return a line for each time that an update waits for the GPU, as torch reports it."""
    config, device = learner.config, order.place
    batch = made_up_batch(config, SPEC, device)
    noise = learner.draw_noise(batch, config.horizon, NoiseSource(config.seed, device))
    torch.cuda.synchronize(device)
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        torch.cuda.set_sync_debug_mode("warn")
        try:
            result_of(learner.update(batch, noise)).numbers()
        finally:
            torch.cuda.set_sync_debug_mode("default")
    return [f"{each.filename.rpartition('/')[2]}:{each.lineno}" for each in told if _WAITS in str(each.message)]
