"""The author's own numbers, computed by the plain build and by the fast one that training uses.

Each file of `tests/data/reference` (and of the folder named by DREAMER_REFERENCE_DIR) is one training step of the
author's TensorFlow code on tiny networks with given weights, data and noise.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor

from dreamer_studio.dreamer import fast
from dreamer_studio.dreamer.agent import Agent
from dreamer_studio.dreamer.batch import Batch
from dreamer_studio.dreamer.behavior import BehaviorOutput
from dreamer_studio.dreamer.fast import FAST
from dreamer_studio.dreamer.learner import Learner
from dreamer_studio.dreamer.noise import ActionKind, UpdateNoise
from dreamer_studio.dreamer.parts import PLAIN, Parts
from dreamer_studio.dreamer.world_model import WorldModelOutput
from dreamer_studio.dreams.open_loop import open_loop
from dreamer_studio.envs import build_config
from dreamer_studio.parts import result_of

VALUE_TOLERANCE = 1e-5
GRADIENT_TOLERANCE = 1e-4
DATA = Path(__file__).parents[2] / "data" / "reference"


def _reference_files() -> list[Path]:
    folders = [DATA]
    if "DREAMER_REFERENCE_DIR" in os.environ:
        folders.append(Path(os.environ["DREAMER_REFERENCE_DIR"]))
    return [file for folder in folders for file in sorted(folder.glob("*.npz"))]


@dataclass
class Case:
    """One reference file, and the same step taken by our code."""

    data: dict[str, NDArray[Any]]
    learner: Learner
    model: WorldModelOutput
    behavior: BehaviorOutput
    opened: dict[str, Tensor]

    @property
    def agent(self) -> Agent:
        return self.learner.agent

    def parameters(self) -> dict[str, torch.nn.Parameter]:
        """Return our parameters by the file's names, which carry no 'world_model.'."""
        return {name.removeprefix("world_model."): value for name, value in self.agent.named_parameters()}


BUILDS: dict[str, tuple[Parts, type[Learner]]] = {"plain": (PLAIN, Learner), "fast": (FAST, fast.Learner)}


@pytest.fixture(
    scope="module", params=product(_reference_files(), BUILDS), ids=lambda param: f"{param[0].stem}-{param[1]}"
)
def case(request: pytest.FixtureRequest) -> Case:
    file, build = request.param
    parts, build_learner = BUILDS[build]
    with np.load(file, allow_pickle=False) as archive:
        data = {name: archive[name] for name in archive.files}
    meta = json.loads(str(data["meta"]))
    config = build_config(
        "dmc:reference-data",
        "tiny",
        {
            "cnn_depth": meta["cnn_depth"],
            "deter_size": meta["deter"],
            "stoch_size": meta["stoch"],
            "hidden_size": meta["hidden"],
            "num_units": meta["units"],
            "pcont": meta["pcont"],
            "free_nats": meta["free_nats"],
            "discount": meta["discount"],
            "disclam": meta["disclam"],
            "kl_scale": meta["kl_scale"],
            "pcont_scale": meta["pcont_scale"],
            "action_init_std": meta["init_std"],
            "action_mean_scale": meta["mean_scale"],
            "action_min_std": meta["min_std"],
            "horizon": meta["horizon"],
            "precision": "float32",
        },
    )
    kind: ActionKind = "continuous" if meta["action_dist"] == "tanh_normal" else "discrete"
    agent = Agent(config, meta["actions"], kind, parts)
    weights = {name.removeprefix("param/"): value for name, value in data.items() if name.startswith("param/")}
    own = {name.removeprefix("world_model."): name for name, _ in agent.named_parameters()}
    agent.load_state_dict({own[name]: torch.from_numpy(value) for name, value in weights.items()})

    batch = Batch(
        image=torch.from_numpy(data["in/image"]),
        action=torch.from_numpy(data["in/action"]),
        reward=torch.from_numpy(data["in/reward"]),
        discount=torch.from_numpy(data["in/discount"]),
        is_first=torch.zeros(data["in/reward"].shape, dtype=torch.bool),
        is_terminal=torch.zeros(data["in/reward"].shape, dtype=torch.bool),
    )
    given = {name: torch.from_numpy(data[f"noise/{name}"]) for name in ("posterior", "prior", "imagination", "action")}
    learner = build_learner(agent, config)
    model, behavior = result_of(learner.gradients(batch, UpdateNoise(**given)))
    context = meta["open_loop_context"]
    rollout = open_loop(
        agent,
        batch.image,
        batch.action,
        context,
        posterior_noise=given["posterior"][:context],
        prior_noise=given["prior"][context:],
    )
    feat = rollout.feat[:, context:]
    opened = {
        "image_mean": agent.world_model.decoder(feat).detach(),
        "reward_mean": agent.world_model.reward(feat).detach(),
    }
    return Case(data, learner, model, behavior, opened)


def _relative_error(ours: Tensor, reference: NDArray[Any]) -> float:
    assert tuple(ours.shape) == reference.shape
    theirs = torch.from_numpy(np.asarray(reference))
    scale = theirs.abs().max().item()
    difference = (ours.detach() - theirs).abs().max().item()
    return difference / scale if scale else difference


def _outputs(case: Case) -> dict[str, Tensor]:
    model, behavior = case.model, case.behavior
    outputs = {
        "embed": model.embed,
        "recon_mean": case.agent.world_model.decoder(model.posterior.feat),
        "reward_mean": model.reward_mean,
        "loglik/image": model.image_log_prob,
        "loglik/reward": model.reward_log_prob,
        "kl_raw": model.kl,
        "kl": model.kl_clipped,
        "model_loss": model.loss,
        "actor_loss": behavior.actor_loss,
        "value_loss": behavior.value_loss,
        "imag/feat": behavior.feat,
        "imag/action": behavior.action,
        "imag/reward": behavior.reward,
        "imag/value": behavior.value,
        "imag/pcont": behavior.pcont,
        "imag/lambda_return": behavior.returns,
        "imag/discount_weight": behavior.weights,
    }
    if model.pcont_log_prob is not None:
        outputs["loglik/pcont"] = model.pcont_log_prob
    for kind, state in (("post", model.posterior), ("prior", model.prior)):
        outputs |= {f"{kind}/{part}": getattr(state, part) for part in ("mean", "std", "stoch", "deter")}
    outputs |= {f"open_loop/{name}": value for name, value in case.opened.items()}
    for part, parameters in case.learner.parameters.items():
        norms = [parameter.grad.norm() for parameter in parameters if parameter.grad is not None]
        outputs[f"{part}_grad_norm"] = torch.stack(norms).norm()
    return outputs


def test_that_every_output_of_the_authors_step_is_reproduced(case: Case) -> None:
    outputs = _outputs(case)
    expected = {name.removeprefix("out/"): value for name, value in case.data.items() if name.startswith("out/")}
    assert set(outputs) == set(expected)
    errors = {name: _relative_error(outputs[name], value) for name, value in expected.items()}
    assert {name: error for name, error in errors.items() if not error <= VALUE_TOLERANCE} == {}


def test_that_every_gradient_of_the_authors_step_is_reproduced(case: Case) -> None:
    expected = {name.removeprefix("grad/"): value for name, value in case.data.items() if name.startswith("grad/")}
    parameters = case.parameters()
    assert set(parameters) == set(expected)
    errors = {}
    for name, value in expected.items():
        gradient = parameters[name].grad
        assert gradient is not None
        errors[name] = _relative_error(gradient, value)
    assert {name: error for name, error in errors.items() if not error <= GRADIENT_TOLERANCE} == {}
