"""Behavior learning: what the returns are made of, where imagination starts, and with which weights."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from dreamer_studio.dreamer.batch import Batch
from dreamer_studio.dreamer.behavior import discount_weights, lambda_return
from dreamer_studio.dreamer.fast import Learner, make_agent
from dreamer_studio.dreamer.noise import ActionKind, NoiseSource, UpdateNoise
from dreamer_studio.envs import build_config
from dreamer_studio.parts import result_of
from tests.support.batches import random_batch


def make_learner(kind: ActionKind = "continuous", **settings: object) -> Learner:
    config = build_config("dmc:walker-walk", "tiny", settings)
    agent = make_agent(config, 3, kind)
    agent.initialize(0)
    return Learner(agent, config)


def column(*values: float) -> Tensor:
    return torch.tensor(values).unsqueeze(1)


def noise_for(learner: Learner, batch: Batch, horizon: int = 3) -> UpdateNoise:
    return learner.draw_noise(batch, horizon, NoiseSource(1))


def test_that_the_lambda_return_of_three_steps_is_the_one_worked_out_by_hand() -> None:
    # R_1 = 2 + 0.5 (0.25 * 30 + 0.75 * 30) = 17;  R_0 = 1 + 0.8 (0.25 * 20 + 0.75 * 17) = 15.2
    returns = lambda_return(column(1.0, 2, 99), column(10.0, 20, 30), column(0.8, 0.5, 0.1), disclam=0.75)
    torch.testing.assert_close(returns, column(15.2, 17.0))


def test_that_the_lambda_return_is_the_average_of_equations_5_and_6() -> None:
    generator = torch.Generator().manual_seed(0)
    reward, value = torch.randn(2, 6, 1, generator=generator, dtype=torch.float64)
    gamma, disclam, last = 0.9, 0.7, 5

    def estimate(t: int, k: int) -> Tensor:
        h = min(t + k, last)
        rewards = sum((gamma ** (n - t) * reward[n] for n in range(t, h)), torch.zeros(1, dtype=torch.float64))
        estimated: Tensor = rewards + gamma ** (h - t) * value[h]
        return estimated

    def average(t: int, horizon: int) -> Tensor:
        shorter = [disclam ** (n - 1) * estimate(t, n) for n in range(1, horizon)]
        return (1 - disclam) * torch.stack(shorter).sum(0) + disclam ** (horizon - 1) * estimate(t, horizon)

    returns = lambda_return(reward, value, torch.full_like(reward, gamma), disclam)
    torch.testing.assert_close(returns, torch.stack([average(t, 15) for t in range(last)]))


def test_that_the_lambda_return_ends_in_the_bootstrap() -> None:
    reward, pcont = torch.zeros(4, 1), torch.ones(4, 1)
    returns = lambda_return(reward, column(0.0, 0, 0, 8), pcont, disclam=1.0)
    torch.testing.assert_close(returns, column(8.0, 8, 8))


def test_that_with_a_horizon_of_one_the_return_is_the_bootstrap_alone() -> None:
    torch.testing.assert_close(lambda_return(column(5.0), column(7.0), column(0.9), 0.95), column(7.0))


def test_that_each_return_is_weighted_only_by_the_discounts_before_it() -> None:
    pcont = column(0.5, 0.1, 0.7).requires_grad_()
    weights = discount_weights(pcont, 3)
    torch.testing.assert_close(weights, column(1.0, 0.5, 0.05))
    assert not weights.requires_grad


@pytest.mark.parametrize("kind", ["continuous", "discrete"])
@pytest.mark.parametrize("pcont", [False, True])
def test_that_a_horizon_of_one_gives_finite_losses_and_gradients(kind: ActionKind, pcont: bool) -> None:
    learner = make_learner(kind, pcont=pcont)
    batch = random_batch()
    output = result_of(learner.update(batch, noise_for(learner, batch, horizon=1)))
    metrics = torch.tensor(list(output.metrics().values()))
    assert torch.isfinite(metrics).all()
    assert all(torch.isfinite(parameter).all() for parameter in learner.agent.parameters())
    assert output.behavior.feat.shape[0] == 1


def test_that_imagination_from_terminal_states_does_not_affect_the_losses() -> None:
    learner = make_learner()
    batch = random_batch(size=2, length=3)
    batch.is_terminal[:, 1] = True
    noise = noise_for(learner, batch)
    before = losses(learner, batch, noise)
    shaken = noise.imagination.clone()
    terminal_starts = batch.is_terminal.flatten()
    shaken[:, terminal_starts] += 3.0
    assert losses(learner, batch, UpdateNoise(noise.posterior, shaken, noise.action)) == before
    shaken[:, ~terminal_starts] += 3.0
    assert losses(learner, batch, UpdateNoise(noise.posterior, shaken, noise.action)) != before


def losses(learner: Learner, batch: Batch, noise: UpdateNoise) -> tuple[float, float]:
    _, behavior = result_of(learner.gradients(batch, noise))
    return behavior.actor_loss.item(), behavior.value_loss.item()


def test_that_the_last_step_starts_no_imagination_when_ends_are_predicted() -> None:
    batch = random_batch(size=2, length=5)
    for pcont, starts in ((False, 10), (True, 8)):
        learner = make_learner(pcont=pcont)
        assert noise_for(learner, batch).imagination.shape[1] == starts


def test_that_no_weight_moves_until_all_three_gradients_are_there() -> None:
    learner = make_learner()
    before = {name: value.clone() for name, value in learner.agent.state_dict().items()}
    batch = random_batch()
    update = learner.update(batch, noise_for(learner, batch))
    for phase in update:
        moved = [name for name, value in learner.agent.state_dict().items() if not value.equal(before[name])]
        assert moved == [], phase
    graded = all(parameter.grad is not None for parameter in learner.agent.parameters())
    assert phase == "optimizers" and graded


def test_that_an_update_abandoned_before_its_optimizers_can_be_repeated_with_the_same_result() -> None:
    batch = random_batch()
    once, twice = make_learner(), make_learner()
    expected = result_of(once.update(batch, noise_for(once, batch))).metrics()
    dropped = twice.update(batch, noise_for(twice, batch))
    while next(dropped) != "optimizers":
        pass
    dropped.close()
    assert result_of(twice.update(batch, noise_for(twice, batch))).metrics() == expected


def test_that_an_update_moves_every_part_and_reports_norms_from_before_the_clip() -> None:
    learner = make_learner(grad_clip=0.01)
    before = {name: value.clone() for name, value in learner.agent.state_dict().items()}
    batch = random_batch()
    output = result_of(learner.update(batch, noise_for(learner, batch)))
    moved = {name.split(".")[0] for name, value in learner.agent.state_dict().items() if not value.equal(before[name])}
    assert moved == {"world_model", "actor", "value"}
    assert output.metrics()["model_grad_norm"] > 0.01
    norms = [parameter.grad.norm() for parameter in learner.parameters["model"] if parameter.grad is not None]
    assert torch.stack(norms).norm().item() == pytest.approx(0.01, rel=1e-3)
