"""Time an update as batch, length and horizon grow: ``python -m benchmarks.linear [--preset laptop]``.

Each of the three becomes two and three times as large while the others stay. All sizes take turns in every round. The
script prints the medians of the ratios to the preset's own size within each round. Linear growth is 2 and 3, and less
for the horizon, which affects only behavior learning.
"""

from __future__ import annotations

import argparse
import dataclasses
import statistics
import sys

import torch

from dreamer_studio.bench import time_updates
from dreamer_studio.config import DEFAULT_TASK
from dreamer_studio.dreamer.fast import Learner, make_agent
from dreamer_studio.envs import EnvSpec, build_config
from dreamer_studio.system.process import prepare_process
from dreamer_studio.training.cores import leave_cores

CPU = torch.device("cpu")
TIMES = (2, 3)
GROWN = ("batch_size", "batch_length", "horizon")
SPEC = EnvSpec(DEFAULT_TASK, "continuous", 6, tuple("abcdef"), 2, 1000, "", 0)


def main() -> int:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.linear")
    parser.add_argument("--preset", default="laptop")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--updates", type=int, default=5)
    options = parser.parse_args()
    prepare_process()
    own = build_config(DEFAULT_TASK, options.preset)
    leave_cores(own.spare_cores)
    sizes = {(name, times): {name: times * getattr(own, name)} for name in GROWN for times in TIMES}
    ratios: dict[tuple[str, int], list[float]] = {size: [] for size in sizes}
    seconds: list[float] = []
    for _ in range(options.rounds):
        base = _update_seconds({}, options.preset, options.updates)
        seconds.append(base)
        for size, changes in sizes.items():
            ratios[size].append(_update_seconds(changes, options.preset, options.updates) / base)
    lines = [
        f"{options.preset}: {statistics.median(seconds):.3f} s per update",
        "| | 2 times | 3 times |",
        "|---|---|---|",
    ]
    for name in GROWN:
        cells = (f"{statistics.median(ratios[name, times]):.2f}" for times in TIMES)
        lines.append(f"| {name}, from {getattr(own, name)} | {' | '.join(cells)} |")
    sys.stdout.write("\n".join(lines) + "\n")
    return 0


def _update_seconds(changes: dict[str, int], preset: str, updates: int) -> float:
    config = dataclasses.replace(build_config(DEFAULT_TASK, preset), **changes)  # type: ignore[arg-type]
    agent = make_agent(config, SPEC.action_size, SPEC.action_kind)
    agent.initialize(0)
    phases = time_updates(Learner(agent, config), config, SPEC, CPU, updates).phases
    return sum(phases.values())


if __name__ == "__main__":
    raise SystemExit(main())
