"""Does the preset `lesson` keep its promise? Train it and measure: ``python -m benchmarks.learning.lesson FOLDER``.

The script trains a new run for each seed, on one thread, and measures it at the marks below with the clock stopped. The
clock counts processor seconds of the trainer and of its environments, so other work on the machine changes it little;
it starts with the environment's process, so the loading of torch (some seconds) is not included. Tests of the training
count, as they do for a user. The script prints a JSON object per mark and one per seed, and writes all into
FOLDER/NAME.json. Figures of a mark:

- ``found``: share of frames in whose reconstruction disc and target lie within 3 pixels of where they lie in the frame.
  RECOGNIZABLE is a share of 0.95.
- ``dream_15`` and ``copy_15``: distance in pixels, the median over sequences, between the disc 15 steps after the last
  frame seen, and the disc of the dream or of that last frame. Sequences whose dream shows no disc are left out of the
  median; if they are half of all, the figure is null. The dream follows if ``dream_15`` is at most 8 pixels, the disc's
  radius, and less than ``copy_15``. ``within``: share of the sequences in which the dreamed disc is that near.

Both are measured on held-out episodes of random actions. The policy SOLVED the task at the first test whose mean return
is 80 or more. ``final`` is the mean return of 20 further episodes with the last weights, on other seeds.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path
from typing import Any

import imageio.v3 as iio
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from benchmarks.learning.try_remedies import processor_seconds
from dreamer_studio.config import Config
from dreamer_studio.dreamer.agent import Agent
from dreamer_studio.dreamer.conv import to_pixels
from dreamer_studio.dreamer.noise import NoiseSource
from dreamer_studio.dreams.open_loop import open_loop
from dreamer_studio.envs import build_config
from dreamer_studio.envs.suites.lesson.simulator import load
from dreamer_studio.files import write_json
from dreamer_studio.headless import evaluate_run
from dreamer_studio.runs.folder import RunFolder
from dreamer_studio.system.process import prepare_process
from dreamer_studio.training.cores import all_cores
from dreamer_studio.training.events import EpisodeEnded
from dreamer_studio.training.opening import open_trainer

MARKS = (10, 15, 20, 30, 45, 60, 75, 90, 120, 180, 240, 300)
"""Processor seconds at which a training is measured."""

ENOUGH = 91.0
"""Processor seconds after which a training that has solved the task ends."""

RECOGNIZABLE, SOLVED = 0.95, 80.0
NEAR, RADIUS = 3.0, 8.0
EPISODES, CONTEXT, AHEAD, STARTS = 16, 5, 15, (0, 50)
FINAL_EPISODES = 20

ASK_SECONDS = 0.2
"""How often the clock is read: asking for the environments' processes takes milliseconds."""

Images = NDArray[np.uint8]
Places = NDArray[np.float64]


def main() -> int:
    """Train and measure each seed."""
    options = _options()
    settings = dict(each.split("=", 1) for each in options.set)
    held_out = play_at_random(options.task)
    records = []
    for seed in options.seeds:
        made = {"seed": seed, "steps": 10**6, "spare_cores": max(0, all_cores() - 1), **settings}
        config = build_config(options.task, options.preset, made)
        folder = options.folder / f"{options.name}-seed-{seed}"
        record = {"seed": seed, "settings": settings, **train(folder, config, held_out, options.seconds)}
        records.append(record)
        _tell({name: value for name, value in record.items() if name != "marks"})
        write_json(options.folder / f"{options.name}.json", records)
    return 0


def train(folder: Path, config: Config, held_out: tuple[Images, NDArray[np.float32]], seconds: float) -> dict[str, Any]:
    """Train a new run for some processor seconds; return its marks, its tests and when it kept each promise."""
    marks = [mark for mark in MARKS if mark <= seconds]
    found: list[dict[str, Any]] = []
    tests: list[tuple[float, float, int]] = []
    returns: list[float] = []
    shown = []
    trainer = open_trainer(RunFolder(folder), config, torch.device("cpu"))
    worked, began, asked = processor_seconds(), time.monotonic(), time.process_time()
    try:
        for event in trainer.run():
            if isinstance(event, EpisodeEnded) and event.kind == "test":
                returns.append(event.total_reward)
                if len(returns) == config.eval_episodes:
                    tests.append(
                        (round(processor_seconds() - worked, 1), float(np.mean(returns)), trainer.counters.step)
                    )
                    returns = []
            if time.process_time() - asked < ASK_SECONDS:
                continue
            spent, paused, asked = processor_seconds() - worked, time.monotonic(), time.process_time()
            if marks and spent >= marks[0]:
                looked, image = look(trainer.agent, *held_out)
                counters = {"step": trainer.counters.step, "update": trainer.counters.update}
                found.append({"at": round(spent, 1), "wall": round(paused - began, 1), **counters, **looked})
                _tell({"mark": marks.pop(0), **found[-1], "test": tests[-1:]})
                shown.append(image)
                worked += processor_seconds() - worked - spent
                began += time.monotonic() - paused
            solved = any(mean >= SOLVED for _, mean, _ in tests)
            if spent >= seconds or (solved and spent >= ENOUGH):
                break
        trainer.save()
    finally:
        trainer.close()
    if shown:
        iio.imwrite(folder.with_suffix(".png"), np.concatenate(shown))
    final = evaluate_run(folder, FINAL_EPISODES)
    return {
        "recognizable_at": next((mark["at"] for mark in found if mark["found"] >= RECOGNIZABLE), None),
        "follows_at": next((mark["at"] for mark in found if _follows(mark)), None),
        "solved_at": next((at for at, mean, _ in tests if mean >= SOLVED), None),
        "tests": [(at, round(mean, 1), step) for at, mean, step in tests],
        "final": round(final["mean"], 1),
        "final_least": min(final["returns"]),
        "marks": found,
    }


def play_at_random(task: str) -> tuple[Images, NDArray[np.float32]]:
    """Play held-out episodes with random actions: images (B, T, 64, 64, 3) and actions (B, T, A)."""
    loaded, chance = load(task), np.random.default_rng(0)
    size, steps = len(loaded.actions.names), loaded.own_time_limit or 0
    images, actions = [], []
    for number in range(EPISODES):
        loaded.simulator.reset(10**6 + number)
        rows, taken = [loaded.simulator.image()], [np.zeros(size, np.float32)]
        for _ in range(steps):
            taken.append(loaded.actions.executed(chance.uniform(-1, 1, size).astype(np.float32)))
            loaded.simulator.step(taken[-1])
            rows.append(loaded.simulator.image())
        images.append(np.stack(rows))
        actions.append(np.stack(taken))
    return np.stack(images), np.stack(actions)


@torch.no_grad()
def look(agent: Agent, images: Images, actions: NDArray[np.float32]) -> tuple[dict[str, float | None], Images]:
    """Return the figures of a mark, and some frames above their reconstructions and a dream of them."""
    real = np.concatenate([images[:, start : start + CONTEXT + AHEAD] for start in STARTS])
    image = torch.from_numpy(real)
    action = torch.from_numpy(np.concatenate([actions[:, start : start + CONTEXT + AHEAD] for start in STARTS]))
    size, length = action.shape[:2]
    noise = NoiseSource(0)
    seen = agent.filter(image, action, agent.noise(noise, length, size))
    redrawn = _pixels(agent, seen.feat)
    prior_noise = torch.zeros(AHEAD, size, agent.stoch_size)
    dreamed = _pixels(
        agent, open_loop(agent, image, action, CONTEXT, agent.noise(noise, CONTEXT, size), prior_noise).feat
    )
    disc, target = discs(real), targets(real)
    near_disc, near_target = _apart(discs(redrawn), disc) <= NEAR, _apart(targets(redrawn), target) <= NEAR
    missed, moved = _apart(discs(dreamed), disc)[:, -1], _apart(disc[:, CONTEXT - 1], disc[:, -1])
    figures = {
        "found": round(float((near_disc & near_target)[:, CONTEXT:].mean()), 3),
        "found_disc": round(float(near_disc[:, CONTEXT:].mean()), 3),
        "found_target": round(float(near_target[:, CONTEXT:].mean()), 3),
        "dream_15": None if np.isnan(missed).mean() >= 0.5 else round(float(np.nanmedian(missed)), 1),
        "copy_15": round(float(np.median(moved)), 1),
        "within": round(float((missed <= RADIUS).mean()), 3),
    }
    rows = [np.concatenate(list(each[0, ::2]), axis=1) for each in (real, redrawn, dreamed)]
    return figures, np.concatenate(rows)


def discs(images: Images) -> Places:
    """Return the disc's center in each image (..., 64, 64, 3): (..., 2); NaN where no disc is drawn."""
    return _center(images[..., 0].astype(np.float64) - 100)


def targets(images: Images) -> Places:
    """Return the center of the visible part of the target in each image: (..., 2); NaN where none is drawn."""
    return _center(images[..., 2].astype(np.float64) - images[..., 0] - 60)


def _center(weight: NDArray[np.float64]) -> Places:
    """Return the center of the positive weights; NaN where they sum to less than 20 bright pixels."""
    weight = np.clip(weight[..., 2:-2, 2:-2], 0, None)
    total = weight.sum((-2, -1))
    at = np.arange(weight.shape[-1])
    center = np.stack([(weight.sum(-2) * at).sum(-1), (weight.sum(-1) * at).sum(-1)], -1)
    return np.where(total[..., None] >= 20 * 100, center / np.maximum(total, 1)[..., None], np.nan)


def _apart(one: Places, other: Places) -> NDArray[np.float64]:
    distance: NDArray[np.float64] = np.sqrt(((one - other) ** 2).sum(-1))
    return distance


def _pixels(agent: Agent, feat: Tensor) -> Images:
    made: Images = to_pixels(agent.world_model.decoder(feat)).numpy()
    return made


def _follows(mark: dict[str, Any]) -> bool:
    return mark["dream_15"] is not None and mark["dream_15"] <= min(RADIUS, mark["copy_15"])


def _tell(record: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(record) + "\n")
    sys.stdout.flush()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.learning.lesson")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--name", default="lesson", help="of the files in FOLDER")
    parser.add_argument("--task", default="lesson:disc")
    parser.add_argument("--preset", default="lesson")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--seconds", type=float, default=300.0, help="processor seconds of each training")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="another setting")
    return parser.parse_args()


if __name__ == "__main__":
    prepare_process()
    sys.exit(main())
