"""Compares what a device and the CPU learn: from the same batches and noise, and in a training of each."""

from __future__ import annotations

import dataclasses
import itertools
import math
import statistics
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final, TypeVar

import torch

from benchmarks.gpu.order import SPEC, Clock, Order
from dreamer_studio.bench.updates import made_up_batch
from dreamer_studio.config import Config
from dreamer_studio.dreamer.batch import Batch
from dreamer_studio.dreamer.fast import Learner
from dreamer_studio.dreamer.noise import NoiseSource, UpdateNoise
from dreamer_studio.parts import result_of
from dreamer_studio.runs.folder import RunFolder
from dreamer_studio.training.events import UpdateDone
from dreamer_studio.training.opening import open_trainer
from dreamer_studio.training.trainer import Trainer

CPU: Final = torch.device("cpu")
LOSSES: Final = ("model_loss", "kl", "value_loss", "actor_loss")
FEW_ROWS: Final = {"batch_size": 8, "batch_length": 16}
"""A batch from which a CPU learns in seconds, even with `paper`."""

QUICK_START: Final = {
    "prefill": 200,
    "time_limit": 100,  # the prefill ends with an episode
    "pretrain": 5,
    "update_blocks": False,
    "train_every": 10,
    "train_steps": 1,
}
NO_EXTRAS: Final = {"eval_every": 0, "checkpoint_every": 86_400.0, "steps": 10**8}
TOLD: Final = (1, 2, 5, 10, 20, 50, 100, 200, 500)
MOST_UPDATES: Final = TOLD[-1]
PARTS: Final = 5
T = TypeVar("T", Batch, UpdateNoise)


def same_data(order: Order) -> Mapping[str, Any]:
    """Update two agents with equal weights, batches and noise, one on each device; return how far the losses diverge.

    The first update shows the arithmetic. Later ones also show how fast small differences grow.
    """
    config = order.config(precision="float32", **FEW_ROWS)
    places = (CPU, order.place)
    learners = [order.learner(config, device=device) for device in places]
    source, clock = NoiseSource(config.seed, CPU), Clock(order.seconds)
    apart: dict[str, dict[str, float]] = {}
    for number in range(1, MOST_UPDATES + 1):
        batch = made_up_batch(dataclasses.replace(config, seed=number), SPEC, CPU)
        noise = learners[0].draw_noise(batch, config.horizon, source)
        theirs, ours = (
            _update(learner, _moved(batch, device), _moved(noise, device))
            for learner, device in zip(learners, places, strict=True)
        )
        if number in TOLD:
            apart[str(number)] = {name: _apart(ours[name], theirs[name]) for name in LOSSES}
            order.tell({"relative_difference_after_update": apart, **FEW_ROWS})
        if not clock.runs:
            break
    return {"relative_difference_after_update": apart, "updates": number, **FEW_ROWS}


def training(order: Order) -> Mapping[str, Any]:
    """Train a run of the same seed on the CPU and on the device; return the losses side by side.

    Each kind of device has its own random numbers, so episodes and batches differ, and only the course of the losses
    can be compared.
    """
    config = order.config(**QUICK_START, **FEW_ROWS, **NO_EXTRAS)
    rows: dict[str, list[Mapping[str, float]]] = {}
    whole, legs = Clock(order.seconds), (("cpu", CPU), ("device", order.place))
    with tempfile.TemporaryDirectory() as folder:
        for place, (name, device) in enumerate(legs):
            clock = Clock(whole.left / (len(legs) - place))  # opening counts too
            trainer = open_trainer(RunFolder(Path(folder) / name), config, device)
            try:
                rows[name] = train(trainer, clock)
            finally:
                trainer.close()
            order.tell(_course(rows, config))
    return _course(rows, config)


def train(trainer: Trainer, clock: Clock, updates: float = math.inf) -> list[Mapping[str, float]]:
    """Train until the time runs out or `updates` updates are made; return the metrics of each update."""
    made: list[Mapping[str, float]] = []
    for event in trainer.run():
        if isinstance(event, UpdateDone):
            made.append(event.metrics)
        if len(made) >= updates or not clock.runs:
            break
    return made


def _course(rows: Mapping[str, Sequence[Mapping[str, float]]], config: Config) -> dict[str, Any]:
    """Return the mean losses over equal parts of the updates that both runs have made."""
    both = min(map(len, rows.values()))
    parts = min(PARTS, both)
    ends = [round(both * part / parts) for part in range(parts + 1)] if parts else [0]
    return {
        "updates": {name: len(made) for name, made in rows.items()},
        "to_update": ends[1:],
        "mean": {
            loss: {
                name: [statistics.fmean(row[loss] for row in made[a:b]) for a, b in itertools.pairwise(ends)]
                for name, made in rows.items()
            }
            for loss in LOSSES
        },
        "batch_size": config.batch_size,
        "batch_length": config.batch_length,
    }


def _update(learner: Learner, batch: Batch, noise: UpdateNoise) -> dict[str, float]:
    return result_of(learner.update(batch, noise)).metrics()


def _moved(value: T, device: torch.device) -> T:
    parts = {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    return type(value)(**{name: part.to(device) for name, part in parts.items() if part is not None})


def _apart(one: float, other: float) -> float:
    return abs(one - other) / max(abs(other), 1e-12)
