"""Carries a run from the CPU to the device and back, through its checkpoints."""

from __future__ import annotations

import math
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

from benchmarks.gpu.learning import CPU, FEW_ROWS, QUICK_START, train
from benchmarks.gpu.order import Clock, Order
from dreamer_studio.runs.checkpoint import load_checkpoint
from dreamer_studio.runs.checkpoint_names import list_checkpoints
from dreamer_studio.runs.folder import RunFolder
from dreamer_studio.training.opening import open_trainer

UPDATES = 5  # on each device


def measure(order: Order) -> Mapping[str, Any]:
    """Train on each device in turn; return what each opening found, and whether everything fitted."""
    legs: list[dict[str, Any]] = []
    config = order.config(**QUICK_START, **FEW_ROWS, eval_every=0)
    with tempfile.TemporaryDirectory() as name:
        folder, clock = RunFolder(Path(name) / "run"), Clock(order.seconds)
        for device in (CPU, order.place, CPU):
            whole = list_checkpoints(folder.checkpoints)
            saved = load_checkpoint(whole[-1]) if whole else None
            trainer = open_trainer(folder, config, device)
            try:
                same = None if saved is None else _same(trainer.agent.state_dict(), saved.weights)
                opened_at = trainer.counters.update
                made = train(trainer, clock, UPDATES)
                trainer.save()
            finally:
                trainer.close()
            legs.append(
                {
                    "device": device.type,
                    "opened_at_update": opened_at,
                    "same_weights": same,
                    "updates": len(made),
                    "all_finite": all(math.isfinite(value) for metrics in made for value in metrics.values()),
                    "last_model_loss": made[-1]["model_loss"] if made else None,
                    "notes": list(trainer.notes),
                }
            )
            order.tell({"legs": legs, "fine": False})
    at = [leg["opened_at_update"] for leg in legs]
    fine = all(leg["updates"] == UPDATES and leg["all_finite"] and leg["same_weights"] is not False for leg in legs)
    return {"legs": legs, "fine": fine and at == [0, UPDATES, 2 * UPDATES]}


def _same(weights: Mapping[str, torch.Tensor], saved: Mapping[str, torch.Tensor]) -> bool:
    return all(torch.equal(value.cpu(), saved[name]) for name, value in weights.items())
