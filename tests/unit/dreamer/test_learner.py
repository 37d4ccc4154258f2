"""The update as a whole: its optimizers, and its number format."""

from __future__ import annotations

import dataclasses
import sys
from functools import partial
from typing import Any

import pytest
import torch

from dreamer_studio.dreamer.batch import Batch
from dreamer_studio.dreamer.fast import Learner, make_agent
from dreamer_studio.dreamer.fast.adam import Adam
from dreamer_studio.dreamer.learner import PARTS, UpdateOutput
from dreamer_studio.dreamer.noise import NoiseSource
from dreamer_studio.dreamer.precision import choose_precision
from dreamer_studio.envs import build_config
from dreamer_studio.parts import result_of
from tests.support.batches import random_batch
from tests.support.remedies import ALL_REMEDIES

CPU = torch.device("cpu")


def make_learner(precision: str = "float32", **remedies: Any) -> Learner:
    settings = {"precision": precision, "grad_clip": 0.5, "adam_eps": 1e-3, **remedies}
    config = build_config("dmc:walker-walk", "tiny", settings)
    agent = make_agent(config, 3, "continuous")
    agent.initialize(0)
    return Learner(agent, config)


def update(learner: Learner, seed: int = 0, horizon: int = 5, batch: Batch | None = None) -> UpdateOutput:
    batch = random_batch() if batch is None else batch
    return result_of(learner.update(batch, learner.draw_noise(batch, horizon, NoiseSource(seed))))


def test_that_the_optimizers_take_the_steps_of_tensorflows_adam_with_clipped_gradients() -> None:
    learner = make_learner()
    eps, rates = learner.config.adam_eps, {"model": 6e-4, "actor": 8e-5, "value": 8e-5}
    weights = [weight for part in PARTS for weight in learner.parameters[part]]
    moments = {weight: (torch.zeros_like(weight), torch.zeros_like(weight)) for weight in weights}
    for seed in range(3):
        before = {weight: weight.detach().clone() for weight in moments}
        output = update(learner, seed)
        for part in PARTS:
            gradients = {weight: weight.grad for weight in learner.parameters[part] if weight.grad is not None}
            clipped = torch.stack([gradient.norm() for gradient in gradients.values()]).norm()
            assert clipped <= 0.5001 < output.grad_norms["model"]
            rate = rates[part] * (1 - 0.999 ** (seed + 1)) ** 0.5 / (1 - 0.9 ** (seed + 1))
            for weight, gradient in gradients.items():
                mean, square = moments[weight]
                mean, square = 0.9 * mean + 0.1 * gradient, 0.999 * square + 0.001 * gradient.square()
                moments[weight] = mean, square
                expected = before[weight] - rate * mean / (square**0.5 + eps)
                torch.testing.assert_close(weight.detach(), expected, rtol=1e-5, atol=1e-8)


def test_that_the_optimizer_takes_the_same_steps_as_torchs_without_importing_torchs_compiler(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    theirs, ours = ([torch.nn.Parameter(torch.linspace(-1, 1, 50))] for _ in range(2))
    plain = torch.optim.Adam(theirs, fused=True)
    for seed in range(4):
        theirs[0].grad = NoiseSource(seed).normal(50)
        plain.step()
    expected = plain.state_dict()
    monkeypatch.setitem(sys.modules, "torch._dynamo", None)  # so that importing it fails
    fast = Adam(ours, fused=True)
    for seed in range(4):
        ours[0].grad = NoiseSource(seed).normal(50)
        fast.step()
        fast.load_state_dict(fast.state_dict())
    assert torch.equal(ours[0], theirs[0])
    for name, value in fast.state_dict()["state"][0].items():
        assert torch.equal(value, expected["state"][0][name]), name
    fast.zero_grad()
    assert ours[0].grad is None
    learner = make_learner()
    update(learner)
    learner.load_state_dict(learner.state_dict())
    with pytest.raises(ImportError):
        plain.step()


def test_that_optimizers_loaded_from_a_checkpoint_continue_like_the_saved_ones() -> None:
    straight, resumed = make_learner(), make_learner()
    for learner in (straight, resumed):
        update(learner, 0)
    fresh = make_learner()
    fresh.agent.load_state_dict(resumed.agent.state_dict())
    fresh.load_state_dict(resumed.state_dict())
    update(straight, 1)
    update(fresh, 1)
    for name, value in straight.agent.state_dict().items():
        assert torch.equal(value, fresh.agent.state_dict()[name]), name


def test_that_bfloat16_gives_roughly_the_same_losses_and_keeps_weights_and_states_in_float32() -> None:
    exact, rough = make_learner("float32"), make_learner("bfloat16")
    assert (exact.precision, rough.precision) == (torch.float32, torch.bfloat16)
    for seed in range(3):
        expected, output = update(exact, seed).metrics(), update(rough, seed)
        metrics = output.metrics()
        assert metrics != expected
        for name in ("model_loss", "image_loss", "reward_loss", "kl", "actor_loss", "value_loss", "lambda_return"):
            assert metrics[name] == pytest.approx(expected[name], rel=0.03, abs=0.03), name
        for value in (*output.model.posterior, output.behavior.feat, output.behavior.returns, output.model.loss):
            assert value.dtype == torch.float32
    assert {parameter.dtype for parameter in rough.agent.parameters()} == {torch.float32}
    exact.configure(build_config("dmc:walker-walk", "tiny", {"precision": "bfloat16"}))
    assert exact.precision == torch.bfloat16  # it may change in mid-run


@pytest.mark.parametrize("fast", [False, True])
def test_that_auto_chooses_bfloat16_only_if_the_processor_has_instructions_for_it(
    monkeypatch: pytest.MonkeyPatch, fast: bool
) -> None:
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: {"avx512_bf16": fast}, raising=False)
    assert choose_precision("auto", CPU) == (torch.bfloat16 if fast else torch.float32)
    assert choose_precision("float32", CPU) == torch.float32
    assert choose_precision("bfloat16", CPU) == torch.bfloat16
    assert choose_precision("auto", torch.device("mps")) == torch.float32


def test_that_a_compiled_update_gives_the_same_losses_with_and_without_remedies(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    traced = partial(torch.compile, backend="aot_eager", dynamic=False)  # not translated; each time as in a new process
    monkeypatch.setattr("dreamer_studio.dreamer.fast.learner.torch.compile", traced)
    batch = random_batch(length=2)  # the loops over time and horizon are unrolled: short ones compile faster
    for remedies in ({}, ALL_REMEDIES):  # in one process, which imports the compiler once
        plain, compiled = make_learner(**remedies), make_learner(**remedies)
        compiled.configure(dataclasses.replace(compiled.config, compile=True))
        for seed in range(2):
            expected, metrics = (update(each, seed, 2, batch).metrics() for each in (plain, compiled))
            assert metrics == pytest.approx(expected, rel=1e-4, abs=1e-5)
        assert compiled.compiled


def test_that_an_update_that_cannot_be_compiled_runs_uncompiled_and_the_log_says_so(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(*_: object) -> None:
        raise RuntimeError("no compiler here")

    monkeypatch.setattr("dreamer_studio.dreamer.fast.learner.torch.compile", partial(torch.compile, backend=refuse))
    plain, compiled = make_learner(), make_learner()
    compiled.configure(dataclasses.replace(compiled.config, compile=True))
    assert update(compiled).metrics() == update(plain).metrics()
    assert "going on without compiling" in caplog.text and "no compiler here" in caplog.text


@pytest.mark.parametrize("broken", ["reward", "disclam"])
def test_that_an_update_with_a_loss_that_is_not_finite_does_not_affect_the_next_one(
    broken: str,
) -> None:
    spared, struck = make_learner(), make_learner()
    for learner in (spared, struck):
        update(learner, 0)
    batch = random_batch()
    config = struck.config
    if broken == "reward":
        batch.reward[0, 1] = float("nan")
    else:
        struck.config = dataclasses.replace(config)
        object.__setattr__(struck.config, "disclam", float("inf"))
    output = result_of(struck.update(batch, struck.draw_noise(batch, 5, NoiseSource(1))))
    struck.config = config
    expected = {"actor_loss", "value_loss", "actor_grad_norm", "value_grad_norm"}
    assert set(output.not_finite) == (expected if broken == "disclam" else {"model_loss", "model_grad_norm"})
    for learner in (spared, struck):
        assert update(learner, 2).not_finite == ()
    assert struck.steps == spared.steps == dict.fromkeys(PARTS, 2)
    for name, value in spared.agent.state_dict().items():
        assert torch.equal(value, struck.agent.state_dict()[name]), name
    for part in PARTS:
        theirs = spared.optimizers[part].state_dict()["state"]
        for index, entry in struck.optimizers[part].state_dict()["state"].items():
            assert all(torch.equal(value, theirs[index][key]) for key, value in entry.items())
