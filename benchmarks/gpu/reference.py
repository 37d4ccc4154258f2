"""Compares the author's numbers with those of a device, file by file.

`tests/unit/dreamer/test_reference.py` takes the same steps on the CPU and compares all numbers of each file. It holds
the CPU to 1e-5 and 1e-4. A GPU adds in another order, so its tolerances are ten times as large. TensorFloat-32 must be
off: its products have ten bits.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from benchmarks.gpu.order import Order
from dreamer_studio.config import Config
from dreamer_studio.dreamer import learner as plain
from dreamer_studio.dreamer.agent import Agent
from dreamer_studio.dreamer.batch import Batch
from dreamer_studio.dreamer.behavior import BehaviorOutput
from dreamer_studio.dreamer.fast import FAST, Learner
from dreamer_studio.dreamer.noise import UpdateNoise
from dreamer_studio.dreamer.parts import Parts
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
    step = take_step(file, device, FAST, Learner)
    gradients = {name: value.grad for name, value in step.parameters.items() if value.grad is not None}
    found: dict[str, Any] = {}
    for kind, prefix, ours in (("values", "out/", step.outputs), ("gradients", "grad/", gradients)):
        errors = {name: relative_error(value, step.data[prefix + name]) for name, value in ours.items()}
        worst = max(errors, key=errors.__getitem__)
        found |= {kind: errors[worst], f"worst_of_{kind}": worst, f"compared_{kind}": len(errors)}
    return found


@dataclass(frozen=True, eq=False)
class Step:
    """A step of the author's code, and the same step taken by ours.

    Attributes:
        data: the arrays of the file, by name.
        meta: the author's settings.
        learner: has the gradients.
        batch, noise: the inputs.
        model, behavior: the results.
    """

    data: Mapping[str, NDArray[Any]]
    meta: Mapping[str, Any]
    learner: plain.Learner
    batch: Batch
    noise: UpdateNoise
    model: WorldModelOutput
    behavior: BehaviorOutput

    @property
    def parameters(self) -> dict[str, torch.nn.Parameter]:
        """Return our parameters by the file's names, which carry no 'world_model.'."""
        return {_name_in_file(name): value for name, value in self.learner.agent.named_parameters()}

    @property
    def outputs(self) -> dict[str, Tensor]:
        """Return the main results by the file's names."""
        model, behavior = self.model, self.behavior
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


def take_step(file: Path, device: torch.device, parts: Parts, build: type[plain.Learner]) -> Step:
    """Take the step of a file with the weights, data and noise in it, and a build of agent and learner."""
    with np.load(file, allow_pickle=False) as archive:
        data = {name: archive[name] for name in archive.files}
    meta = json.loads(str(data["meta"]))
    config = _config(meta)
    agent = Agent(config, meta["actions"], "continuous" if meta["action_dist"] == "tanh_normal" else "discrete", parts)
    own = {_name_in_file(name): name for name, _ in agent.named_parameters()}
    agent.load_state_dict({own[name]: torch.from_numpy(value) for name, value in _under("param/", data).items()})
    learner = build(agent.to(device), config)
    given = {name: torch.from_numpy(value).to(device) for name, value in _under("in/", data).items()}
    nothing = torch.zeros_like(given["reward"], dtype=torch.bool)
    names = ("image", "action", "reward", "discount")
    batch = Batch(**{name: given[name] for name in names}, is_first=nothing, is_terminal=nothing)
    noise = UpdateNoise(**{name: torch.from_numpy(value).to(device) for name, value in _under("noise/", data).items()})
    return Step(data, meta, learner, batch, noise, *result_of(learner.gradients(batch, noise)))


def relative_error(ours: Tensor, reference: NDArray[Any]) -> float:
    """Return the largest difference over the largest number of the reference, which must have the same shape."""
    theirs = torch.from_numpy(np.asarray(reference)).double()
    if ours.shape != theirs.shape:
        raise ValueError(f"the shapes differ: {tuple(ours.shape)} and {tuple(theirs.shape)}")
    scale = theirs.abs().max().item()
    difference = (ours.detach().cpu().double() - theirs).abs().max().item()
    return difference / scale if scale else difference


def _name_in_file(parameter: str) -> str:
    return parameter.removeprefix("world_model.")


def _config(meta: Mapping[str, Any]) -> Config:
    settings = {ours: meta[theirs] for ours, theirs in _SETTINGS.items()}
    return build_config("dmc:reference-data", "tiny", {**settings, "precision": "float32"})


def _under(prefix: str, data: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    return {name.removeprefix(prefix): value for name, value in data.items() if name.startswith(prefix)}
