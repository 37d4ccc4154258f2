"""The author's own numbers, computed by the plain build and by the fast one that training uses.

Each file of `tests/data/reference` (and of the folder named by DREAMER_REFERENCE_DIR) is one training step of the
author's TensorFlow code on tiny networks with given weights, data and noise.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import pytest
import torch
from torch import Tensor

from benchmarks.gpu.reference import FILES, Step, relative_error, take_step
from dreamer_studio.dreamer import fast
from dreamer_studio.dreamer.fast import FAST
from dreamer_studio.dreamer.learner import Learner
from dreamer_studio.dreamer.parts import PLAIN, Parts
from dreamer_studio.dreams.open_loop import open_loop

VALUE_TOLERANCE = 1e-5
GRADIENT_TOLERANCE = 1e-4


def _reference_files() -> list[Path]:
    folders = [FILES]
    if "DREAMER_REFERENCE_DIR" in os.environ:
        folders.append(Path(os.environ["DREAMER_REFERENCE_DIR"]))
    return [file for folder in folders for file in sorted(folder.glob("*.npz"))]


@dataclass(frozen=True)
class Case:
    """One reference file, the same step taken by our code, and an open loop from its weights."""

    step: Step
    opened: dict[str, Tensor]


BUILDS: dict[str, tuple[Parts, type[Learner]]] = {"plain": (PLAIN, Learner), "fast": (FAST, fast.Learner)}


@pytest.fixture(
    scope="module", params=product(_reference_files(), BUILDS), ids=lambda param: f"{param[0].stem}-{param[1]}"
)
def case(request: pytest.FixtureRequest) -> Case:
    file, build = request.param
    parts, build_learner = BUILDS[build]
    step = take_step(file, torch.device("cpu"), parts, build_learner)
    agent, context, prior = step.learner.agent, step.meta["open_loop_context"], step.noise.prior
    assert prior is not None
    rollout = open_loop(
        agent,
        step.batch.image,
        step.batch.action,
        context,
        posterior_noise=step.noise.posterior[:context],
        prior_noise=prior[context:],
    )
    feat = rollout.feat[:, context:]
    opened = {
        "image_mean": agent.world_model.decoder(feat).detach(),
        "reward_mean": agent.world_model.reward(feat).detach(),
    }
    return Case(step, opened)


def _outputs(case: Case) -> dict[str, Tensor]:
    step = case.step
    model, behavior = step.model, step.behavior
    outputs = {
        **step.outputs,
        "recon_mean": step.learner.agent.world_model.decoder(model.posterior.feat),
        "kl": model.kl_clipped,
        "imag/pcont": behavior.pcont,
        "imag/discount_weight": behavior.weights,
    }
    if model.pcont_log_prob is not None:
        outputs["loglik/pcont"] = model.pcont_log_prob
    for kind, state in (("post", model.posterior), ("prior", model.prior)):
        outputs |= {f"{kind}/{part}": getattr(state, part) for part in ("mean", "std", "stoch", "deter")}
    outputs |= {f"open_loop/{name}": value for name, value in case.opened.items()}
    for part, parameters in step.learner.parameters.items():
        norms = [parameter.grad.norm() for parameter in parameters if parameter.grad is not None]
        outputs[f"{part}_grad_norm"] = torch.stack(norms).norm()
    return outputs


def test_that_every_output_of_the_authors_step_is_reproduced(case: Case) -> None:
    outputs = _outputs(case)
    expected = {name.removeprefix("out/"): value for name, value in case.step.data.items() if name.startswith("out/")}
    assert set(outputs) == set(expected)
    errors = {name: relative_error(outputs[name], value) for name, value in expected.items()}
    assert {name: error for name, error in errors.items() if not error <= VALUE_TOLERANCE} == {}


def test_that_every_gradient_of_the_authors_step_is_reproduced(case: Case) -> None:
    expected = {name.removeprefix("grad/"): value for name, value in case.step.data.items() if name.startswith("grad/")}
    parameters = case.step.parameters
    assert set(parameters) == set(expected)
    errors = {}
    for name, value in expected.items():
        gradient = parameters[name].grad
        assert gradient is not None
        errors[name] = relative_error(gradient, value)
    assert {name: error for name, error in errors.items() if not error <= GRADIENT_TOLERANCE} == {}
