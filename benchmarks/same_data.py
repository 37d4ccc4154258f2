"""Does an update learn as much in bfloat16 as in float32, from the same data and noise?

``python -m benchmarks.same_data RUN [--updates 1000] [--seeds 2]`` reads the episodes of a run and trains two agents on
them side by side, one in each precision: equal first weights, equal batches, equal noise. They collect no episodes, so
their data cannot differ. The script prints the losses over parts of the updates, with the ratio of bfloat16 to float32.
"""

from __future__ import annotations

import argparse
import statistics
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import torch

from dreamer_studio.config import Precision
from dreamer_studio.dreamer.fast import Learner, make_agent
from dreamer_studio.dreamer.noise import NoiseSource
from dreamer_studio.dreamer.precision import has_fast_bfloat16
from dreamer_studio.parts import result_of
from dreamer_studio.replay import EpisodeStore
from dreamer_studio.runs.folder import RunFolder
from dreamer_studio.runs.trained_agent import TrainedAgent, load_agent
from dreamer_studio.system.process import prepare_process
from dreamer_studio.training.batches import BatchSource
from dreamer_studio.training.cores import leave_cores

PRECISIONS: tuple[Precision, ...] = ("float32", "bfloat16")
LOSSES = ("image_loss", "reward_loss", "kl", "value_loss", "actor_loss", "imagined_reward")
PARTS = 5
CPU = torch.device("cpu")
Losses = dict[tuple[str, str], list[float]]


def main() -> int:
    """Train both for each seed, then print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.same_data")
    parser.add_argument("run", type=Path)
    parser.add_argument("--updates", type=int, default=1000)
    parser.add_argument("--seeds", type=int, default=2)
    options = parser.parse_args()
    prepare_process()
    if not has_fast_bfloat16(CPU):
        raise SystemExit("This processor does not support bfloat16.")
    folder = RunFolder(options.run)
    trained = load_agent(folder, CPU)
    leave_cores(trained.config.spare_cores)
    losses: Losses = defaultdict(list)
    for seed in range(options.seeds):
        for name, precision, value in learn(folder, trained, seed, options.updates):
            losses[name, precision].append(value)
    sys.stdout.write(table(losses, options.updates))
    return 0


def learn(folder: RunFolder, trained: TrainedAgent, seed: int, updates: int) -> Iterator[tuple[str, str, float]]:
    """Yield loss, precision and value, update by update."""
    config, spec = replace(trained.config, seed=seed), trained.spec
    store = EpisodeStore(folder.episodes, config.replay_ram_mb * 2**20)
    learners = {}
    for precision in PRECISIONS:
        agent = make_agent(config, spec.action_size, spec.action_kind)
        agent.initialize(config.seed)
        learners[precision] = Learner(agent, replace(config, precision=precision))
    source, noise = BatchSource(store, config.seed, CPU), NoiseSource(config.seed, CPU)
    for _ in range(updates):
        batch = source.take(config)
        drawn = learners["float32"].draw_noise(batch, config.horizon, noise)
        for precision, learner in learners.items():
            metrics = result_of(learner.update(batch, drawn)).metrics()
            for name in LOSSES:
                yield name, precision, float(metrics[name])
    source.close()


def table(losses: Losses, updates: int) -> str:
    """Make a Markdown table with a row per loss and precision: means over parts and all seeds, and the last ratio."""
    ends = [round(updates * (part + 1) / PARTS) for part in range(PARTS)]
    text = "| | | " + " | ".join(f"to update {end:,}" for end in ends) + " | last ratio |\n"
    text += "|---|---|" + "---|" * (PARTS + 1) + "\n"
    for name in LOSSES:
        means = {}
        for precision in PRECISIONS:
            values = losses[name, precision]
            runs = [values[start : start + updates] for start in range(0, len(values), updates)]
            spans = zip([0, *ends], ends, strict=False)
            means[precision] = [statistics.fmean(value for run in runs for value in run[a:b]) for a, b in spans]
        for precision in PRECISIONS:
            ratio = f"{means[precision][-1] / means['float32'][-1]:.3f}" if precision == "bfloat16" else ""
            cells = " | ".join(f"{mean:.4g}" for mean in means[precision])
            text += f"| {name} | {precision} | {cells} | {ratio} |\n"
    return text


if __name__ == "__main__":
    raise SystemExit(main())
