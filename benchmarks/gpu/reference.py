"""Compares the author's numbers with those of a device, file by file.

The test of the repository holds the CPU to 1e-5 and 1e-4. A GPU adds in another order, so its tolerances are ten times
as large. TensorFloat-32 must be off: its products have ten bits.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from benchmarks.gpu.order import Order
from dreamer_studio.config import Config
from dreamer_studio.dreamer.batch import Batch
from dreamer_studio.dreamer.behavior import BehaviorOutput
from dreamer_studio.dreamer.fast import Learner, make_agent
from dreamer_studio.dreamer.noise import UpdateNoise
from dreamer_studio.dreamer.world_model import WorldModelOutput
from dreamer_studio.envs import build_config
from dreamer_studio.parts import result_of

FILES: Final = Path(__file__).parents[2] / "tests" / "data" / "reference"
TOLERANCES: Final = {"cpu": (1e-5, 1e-4), "cuda": (1e-4, 1e-3)}
"""Of values and of gradients, relative to the largest entry."""

_SETTINGS: Final = {
    "cnn_depth": "cnn_depth",
    "deter_size": "deter",
    "stoch_size": "stoch",
    "hidden_size": "hidden",
    "num_units": "units",
    "pcont": "pcont",
    "free_nats": "free_nats",
    "discount": "discount",
    "disclam": "disclam",
    "kl_scale": "kl_scale",
    "pcont_scale": "pcont_scale",
    "action_init_std": "init_std",
    "action_mean_scale": "mean_scale",
    "action_min_std": "min_std",
    "horizon": "horizon",
}


def measure(order: Order) -> Mapping[str, Any]:
    """Return the largest errors of values and gradients for each file, and whether all are within tolerance."""
    values, gradients = TOLERANCES[order.place.type]
    files = {file.stem: compare(file, order.place) for file in sorted(FILES.glob("*.npz"))}
    fine = all(found["values"] <= values and found["gradients"] <= gradients for found in files.values())
    tolerances = {"values": values, "gradients": gradients}
    tf32 = {"matmul": torch.backends.cuda.matmul.allow_tf32, "convolutions": torch.backends.cudnn.allow_tf32}
    return {"within_tolerance": fine, "tolerances": tolerances, "files": files, "allow_tf32": tf32}


def compare(file: Path, device: torch.device) -> dict[str, Any]:
    """Take the step of a file on a device; return the largest relative errors, and where they are."""
    with np.load(file, allow_pickle=False) as archive:
        data = {name: archive[name] for name in archive.files}
    learner, (model, behavior) = _step(data, device)
    named = {name.removeprefix("world_model."): value for name, value in learner.agent.named_parameters()}
    gradients = {name: value.grad for name, value in named.items() if value.grad is not None}
    found: dict[str, Any] = {}
    for kind, prefix, ours in (("values", "out/", _outputs(model, behavior)), ("gradients", "grad/", gradients)):
        errors = {name: _error(value, data[prefix + name]) for name, value in ours.items()}
        worst = max(errors, key=errors.__getitem__)
        found |= {kind: errors[worst], f"worst_of_{kind}": worst, f"compared_{kind}": len(errors)}
    return found


def _step(
    data: Mapping[str, NDArray[Any]], device: torch.device
) -> tuple[Learner, tuple[WorldModelOutput, BehaviorOutput]]:
    meta = json.loads(str(data["meta"]))
    config = _config(meta)
    agent = make_agent(config, meta["actions"], "continuous" if meta["action_dist"] == "tanh_normal" else "discrete")
    own = {name.removeprefix("world_model."): name for name, _ in agent.named_parameters()}
    agent.load_state_dict({own[name]: torch.from_numpy(value) for name, value in _under("param/", data).items()})
    learner = Learner(agent.to(device), config)
    given = {name: torch.from_numpy(value).to(device) for name, value in _under("in/", data).items()}
    nothing = torch.zeros_like(given["reward"], dtype=torch.bool)
    names = ("image", "action", "reward", "discount")
    batch = Batch(**{name: given[name] for name in names}, is_first=nothing, is_terminal=nothing)
    noise = UpdateNoise(**{name: torch.from_numpy(value).to(device) for name, value in _under("noise/", data).items()})
    return learner, result_of(learner.gradients(batch, noise))


def _config(meta: Mapping[str, Any]) -> Config:
    settings = {ours: meta[theirs] for ours, theirs in _SETTINGS.items()}
    return build_config("dmc:reference-data", "tiny", {**settings, "precision": "float32"})


def _under(prefix: str, data: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    return {name.removeprefix(prefix): value for name, value in data.items() if name.startswith(prefix)}


def _outputs(model: WorldModelOutput, behavior: BehaviorOutput) -> dict[str, Tensor]:
    return {
        "embed": model.embed,
        "reward_mean": model.reward_mean,
        "loglik/image": model.image_log_prob,
        "loglik/reward": model.reward_log_prob,
        "kl_raw": model.kl,
        "model_loss": model.loss,
        "actor_loss": behavior.actor_loss,
        "value_loss": behavior.value_loss,
        "imag/feat": behavior.feat,
        "imag/action": behavior.action,
        "imag/reward": behavior.reward,
        "imag/value": behavior.value,
        "imag/lambda_return": behavior.returns,
    }


def _error(ours: Tensor, reference: NDArray[Any]) -> float:
    theirs = torch.from_numpy(np.asarray(reference)).double()
    scale = theirs.abs().max().item()
    difference = (ours.detach().cpu().double() - theirs).abs().max().item()
    return difference / scale if scale else difference
