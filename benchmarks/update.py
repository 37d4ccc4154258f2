"""Time an update here beside another checkout: ``python -m benchmarks.update --against FOLDER``.

Both builds stay in memory and take turns, one update each, in changing order. A machine that is slower for a while
changes the ratio of one round little, and the median over the rounds less. The ratio of processor seconds depends
little on what else runs on the machine.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

Seconds = tuple[float, float]
"""Elapsed seconds and processor seconds."""

WORK = """
import importlib, json, sys, time

def found(name, *modules):
    for module in modules:
        try:
            return getattr(importlib.import_module(module), name)
        except (ImportError, AttributeError):
            continue
    raise SystemExit(f"no {name} here")

found("prepare_process", "dreamer_studio.system.process", "dreamer_studio.process")()
import torch
from dreamer_studio.bench import made_up_batch
from dreamer_studio.dreamer.noise import NoiseSource
from dreamer_studio.envs import EnvSpec

build_config = found("build_config", "dreamer_studio.envs", "dreamer_studio.config")
config = build_config("dmc:walker-walk", sys.argv[1], json.loads(sys.argv[2]))
found("leave_cores", "dreamer_studio.training.cores", "dreamer_studio.system.cores")(config.spare_cores)
spec = EnvSpec("dmc:walker-walk", "continuous", 6, tuple("abcdef"), 2, 1000, "", 0)
try:
    from dreamer_studio.dreamer.fast import Learner, make_agent
except ImportError:
    from dreamer_studio.dreamer.agent import Agent as make_agent
    from dreamer_studio.dreamer.learner import Learner
agent = make_agent(config, spec.action_size, spec.action_kind)
agent.initialize(0)
learner = Learner(agent, config)
noise = NoiseSource(0)
batch = made_up_batch(config, spec, torch.device("cpu"))
for _ in sys.stdin:
    began = time.perf_counter(), time.process_time()
    for _ in learner.update(batch, learner.draw_noise(batch, config.horizon, noise)):
        pass
    print(time.perf_counter() - began[0], time.process_time() - began[1], flush=True)
"""


def main() -> int:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.update")
    parser.add_argument("--against", type=Path, required=True, help="the other checkout")
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--precision", default="auto", choices=("auto", "float32", "bfloat16"))
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="a setting, as in bench")
    parser.add_argument("presets", nargs="*", default=("paper", "laptop"))
    options = parser.parse_args()
    settings = {"precision": options.precision, **dict(setting.split("=", 1) for setting in options.set)}
    sys.stdout.write(
        "| preset | update, s | was | ratio | quartiles | processor, ratio | rounds |\n|---|---|---|---|---|---|---|\n"
    )
    for preset in options.presets:
        times = take_turns((Path(__file__).parents[1], options.against), preset, settings, options.rounds)
        ours, theirs = (statistics.median(seconds for seconds, _ in side) for side in zip(*times, strict=True))
        low, middle, high = statistics.quantiles([mine[0] / other[0] for mine, other in times], n=4)
        processor = statistics.median(mine[1] / other[1] for mine, other in times)
        row = f"{ours:.3f} | {theirs:.3f} | {middle:.3f} | {low:.3f} to {high:.3f} | {processor:.3f} | {len(times)}"
        sys.stdout.write(f"| {preset} | {row} |\n")
        sys.stdout.flush()
    return 0


def take_turns(
    checkouts: tuple[Path, Path], preset: str, settings: Mapping[str, object], rounds: int
) -> list[tuple[Seconds, Seconds]]:
    """Return the seconds of one update in each checkout, for each round; two updates before that do not count."""
    with ExitStack() as stack:
        workers = [stack.enter_context(start(checkout, preset, settings)) for checkout in checkouts]
        for worker in (*workers, *workers):
            update(worker)
        times = []
        for number in range(rounds):
            order = workers if number % 2 == 0 else workers[::-1]
            taken = {worker.pid: update(worker) for worker in order}
            times.append((taken[workers[0].pid], taken[workers[1].pid]))
        for worker in workers:
            assert worker.stdin is not None
            worker.stdin.close()
        return times


def start(checkout: Path, preset: str, settings: Mapping[str, object]) -> subprocess.Popen[str]:
    """Start a process that makes one update for each line it reads."""
    environment = os.environ | {"PYTHONPATH": str(checkout.resolve())}
    command = [sys.executable, "-c", WORK, preset, json.dumps(settings)]
    return subprocess.Popen(
        command, cwd=checkout, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


def update(worker: subprocess.Popen[str]) -> Seconds:
    """Make one update and return its seconds."""
    assert worker.stdin is not None and worker.stdout is not None
    worker.stdin.write("\n")
    worker.stdin.flush()
    elapsed, processor = map(float, worker.stdout.readline().split())
    return elapsed, processor


if __name__ == "__main__":
    raise SystemExit(main())
