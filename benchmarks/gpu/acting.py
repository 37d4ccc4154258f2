"""Times an agent step with a batch of one, and the parts of a step."""

from __future__ import annotations

import statistics
from collections.abc import Mapping
from typing import Any

import numpy as np
import torch

from benchmarks.gpu.order import SPEC, Clock, Order
from dreamer_studio.arrays import FRAME_SHAPE
from dreamer_studio.bench.measuring import median_of
from dreamer_studio.bench.updates import now
from dreamer_studio.dreamer.noise import NoiseSource

MOST_STEPS = 500
WARM_UP = 20


def measure(order: Order) -> Mapping[str, Any]:
    """Return median and 95th percentile of each part of a step, in milliseconds, waiting for the GPU after each."""
    device, config = order.place, order.config()
    agent, noise = order.learner(config).agent, NoiseSource(0, device)
    image = np.random.default_rng(0).integers(0, 256, FRAME_SHAPE, np.uint8)
    executed = np.zeros(SPEC.action_size, np.float32)
    taken: dict[str, list[float]] = {"to the device": [], "posterior": [], "action": [], "to the host": [], "step": []}
    clock, state, count = Clock(order.seconds), None, 0
    while clock.runs and count < MOST_STEPS + WARM_UP:
        count += 1
        began = at = now(device)

        def lap(name: str, kept: bool = count > WARM_UP) -> None:
            nonlocal at
            ended = now(device)
            if kept:
                taken[name].append(ended - at)
            at = ended

        frame = torch.from_numpy(image).to(device).unsqueeze(0)
        done = torch.from_numpy(executed).to(device).unsqueeze(0)
        lap("to the device")
        state = agent.observe(state, done, frame, noise)
        lap("posterior")
        action = agent.explore(agent.act(state.feat, noise), config.expl_amount, noise)
        lap("action")
        action.squeeze(0).cpu().numpy()
        lap("to the host")
        if count > WARM_UP:
            taken["step"].append(at - began)

    def with_one_wait() -> None:
        agent.act(agent.observe(state, done, frame, noise).feat, noise).cpu()

    return {
        "steps": len(taken["step"]),
        "ms": {name: _summary(times) for name, times in taken.items() if times},
        "step_with_one_wait_ms": 1000 * median_of(with_one_wait, MOST_STEPS, clock.left),
    }


def _summary(times: list[float]) -> dict[str, float]:
    ordered = sorted(times)
    return {"median": 1000 * statistics.median(ordered), "p95": 1000 * ordered[int(0.95 * (len(ordered) - 1))]}
