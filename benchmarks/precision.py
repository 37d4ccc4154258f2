"""Does the agent learn as well in bfloat16 as in float32? Loss curves and test returns of both, two seeds.

``python -m benchmarks.precision RESULTS`` trains four runs, two at a time, one thread each, and prints the tables.

If the processor has no bfloat16, its arithmetic is emulated: inputs and outputs of matrix products and convolutions are
rounded to bfloat16, and the sums between are float32, as in AMX and AVX512-BF16.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import statistics
import subprocess
import sys
from collections.abc import Generator
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_map_only

from dreamer_studio.dreamer.batch import Batch
from dreamer_studio.dreamer.behavior import BehaviorOutput
from dreamer_studio.dreamer.fast import Learner
from dreamer_studio.dreamer.learner import Phase
from dreamer_studio.dreamer.noise import UpdateNoise
from dreamer_studio.dreamer.precision import has_fast_bfloat16
from dreamer_studio.dreamer.world_model import WorldModelOutput
from dreamer_studio.envs import build_config
from dreamer_studio.runs.folder import RunFolder
from dreamer_studio.system.process import prepare_process
from dreamer_studio.training.opening import open_trainer

PRECISIONS = ("float32", "bfloat16")
SEEDS = (0, 1)
LOSSES = ("image_loss", "reward_loss", "kl", "value_loss")
AT_A_TIME = 2
_ROUNDED = {
    torch.ops.aten.mm.default,
    torch.ops.aten.addmm.default,
    torch.ops.aten.bmm.default,
    torch.ops.aten.convolution.default,
    torch.ops.aten.convolution_backward.default,
}


def main() -> int:
    """Train the missing runs, then print the tables."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.precision")
    parser.add_argument("results", type=Path, help="folder of the runs; existing runs are not trained again")
    parser.add_argument("--task", default="dmc:cartpole-balance")
    parser.add_argument("--preset", default="laptop")
    parser.add_argument("--steps", type=int, default=30_000)
    parser.add_argument("--one", nargs=2, metavar=("PRECISION", "SEED"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        train(options.results, options.task, options.preset, options.steps, options.one[0], int(options.one[1]))
        return 0
    jobs = [(precision, seed) for seed in SEEDS for precision in PRECISIONS]
    for start in range(0, len(jobs), AT_A_TIME):
        _train_together(jobs[start : start + AT_A_TIME])
    sys.stdout.write(table(options.results, options.steps))
    return 0


def train(results: Path, task: str, preset: str, steps: int, precision: str, seed: int) -> None:
    """Train a run to its end."""
    prepare_process()
    device = torch.device("cpu")
    emulated = precision == "bfloat16" and not has_fast_bfloat16(device)
    settings = {
        "seed": seed,
        "steps": steps,
        "precision": "float32" if emulated else precision,
        "eval_every": 5000,
        "eval_episodes": 3,
    }
    folder = RunFolder(_run_path(results, precision, seed))
    trainer = open_trainer(folder, build_config(task, preset, settings), device)
    if emulated:
        _emulate_bfloat16(trainer.updating.learner)
    for _ in trainer.run():
        pass
    trainer.close()


def table(results: Path, steps: int) -> str:
    """Make Markdown tables of the losses over six equal parts of the run, then of the test returns."""
    runs = {
        (precision, seed): _rows(results, precision, seed) for precision, seed in itertools.product(PRECISIONS, SEEDS)
    }
    parts = 6
    ends = [round(steps * (part + 1) / parts) for part in range(parts)]
    head = "| | " + " | ".join(f"to {end:,}" for end in ends) + " |\n|---|" + "---|" * parts + "\n"
    text = ""
    for name in LOSSES:
        text += f"\n{name}, mean over the environment steps since the column before\n\n{head}"
        for (precision, seed), rows in runs.items():
            updates = [row for row in rows if row["kind"] == "update"]
            means = [
                statistics.fmean([row[name] for row in updates if begin < row["step"] <= end] or [float("nan")])
                for begin, end in zip([0, *ends], ends, strict=False)
            ]
            text += f"| {precision}, seed {seed} | " + " | ".join(f"{mean:.4g}" for mean in means) + " |\n"
    text += "\nTest return, mean of the test's episodes\n\n"
    for (precision, seed), rows in runs.items():
        tests = [row for row in rows if row["kind"] == "test"]
        by_step = {step: list(group) for step, group in itertools.groupby(tests, key=lambda row: row["step"])}
        scores = ", ".join(
            f"{statistics.fmean(row['return'] for row in group):.0f} at {step:,}" for step, group in by_step.items()
        )
        text += f"- {precision}, seed {seed}: {scores}\n"
    return text


def _train_together(jobs: list[tuple[str, int]]) -> None:
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "benchmarks.precision", *sys.argv[1:], "--one"]
    running = [subprocess.Popen([*command, precision, str(seed)], env=environment) for precision, seed in jobs]
    for process in running:
        if process.wait() != 0:
            raise SystemExit("a training failed; its output is above")


def _run_path(results: Path, precision: str, seed: int) -> Path:
    return results / f"{precision}-seed-{seed}"


def _rows(results: Path, precision: str, seed: int) -> list[dict[str, Any]]:
    lines = (_run_path(results, precision, seed) / "metrics.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def _emulate_bfloat16(learner: Learner) -> None:
    """Round only inside the gradients, forward and backward. Acting stays in float32."""
    exact = learner.gradients

    def gradients(batch: Batch, noise: UpdateNoise) -> Generator[Phase, None, tuple[WorldModelOutput, BehaviorOutput]]:
        phases = exact(batch, noise)
        while True:
            with _Rounding():  # type: ignore[no-untyped-call]
                try:
                    phase = next(phases)
                except StopIteration as stop:
                    output: tuple[WorldModelOutput, BehaviorOutput] = stop.value
                    return output
            yield phase

    learner.gradients = gradients  # type: ignore[method-assign]


class _Rounding(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Round inputs and outputs of the operations that autocast would compute in bfloat16."""

    def __torch_dispatch__(self, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if function not in _ROUNDED:
            return function(*args, **(kwargs or {}))
        args = tree_map_only(Tensor, _to_bfloat16_and_back, args)
        return tree_map_only(Tensor, _to_bfloat16_and_back, function(*args, **(kwargs or {})))


def _to_bfloat16_and_back(value: Tensor) -> Tensor:
    return value.bfloat16().float()


if __name__ == "__main__":
    raise SystemExit(main())
