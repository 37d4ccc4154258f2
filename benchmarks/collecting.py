"""Time agent steps in this checkout and another: ``python -m benchmarks.collecting --against FOLDER``.

Each round plays a task in both checkouts, one after the other, with the same random actions. The table has the medians
over the rounds, and the median of the rounds' ratios, which a temporarily slow machine changes little.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
from pathlib import Path

TASKS = ("gym:CartPole-v1", "gym:Pendulum-v1", "gym:Hopper-v5", "dmc:walker-walk")

PLAY = """
import statistics, sys, time
import numpy as np
from dreamer_studio.envs import build_config, open_env

if __name__ == "__main__":
    began = time.perf_counter()
    with open_env(build_config(sys.argv[1], "laptop")) as env:
        started, taken, seed = time.perf_counter() - began, [], 0
        actions = np.random.default_rng(0).uniform(-1, 1, (int(sys.argv[2]), env.spec.action_size)).astype(np.float32)
        row = env.reset(seed)
        for action in actions:
            if row.is_last:
                seed += 1
                row = env.reset(seed)
            began = time.perf_counter()
            row = env.step(action)
            taken.append(time.perf_counter() - began)
    print(started, statistics.median(taken))
"""


def main() -> int:
    """Play in turns and print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.collecting")
    parser.add_argument("--against", type=Path, required=True, help="the other checkout")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--steps", type=int, default=400, help="agent steps per task and round")
    parser.add_argument("tasks", nargs="*", default=TASKS)
    options = parser.parse_args()
    here = Path(__file__).parents[1]
    sys.stdout.write("| task | start, s | was | step, ms | was | ratio of steps |\n|---|---|---|---|---|---|\n")
    for task in options.tasks:
        rounds = [
            (play(here, task, options.steps), play(options.against, task, options.steps)) for _ in range(options.rounds)
        ]
        mine, theirs = ([statistics.median(numbers) for numbers in zip(*side, strict=True)]
                        for side in zip(*rounds, strict=True))  # fmt: skip
        ratio = statistics.median(ours[1] / others[1] for ours, others in rounds)
        row = f"{mine[0]:.2f} | {theirs[0]:.2f} | {1e3 * mine[1]:.2f} | {1e3 * theirs[1]:.2f} | {ratio:.2f}"
        sys.stdout.write(f"| `{task}` | {row} |\n")
    return 0


def play(checkout: Path, task: str, steps: int) -> tuple[float, float]:
    """Return the seconds of the environment's start and the median seconds of an agent step."""
    done = subprocess.run(
        [sys.executable, "-c", PLAY, task, str(steps)],
        cwd=checkout,
        env={**os.environ, "PYTHONPATH": str(checkout)},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    started, step = done.stdout.split()
    return float(started), float(step)


if __name__ == "__main__":
    sys.exit(main())
