"""The world model: its size, its resets, and where its KL is clipped."""

from __future__ import annotations

import dataclasses

import pytest
import torch
from torch import Tensor

from dreamer_studio.dreamer.agent import Agent
from dreamer_studio.dreamer.conv import to_model_range, to_pixels
from dreamer_studio.dreamer.noise import NoiseSource, UpdateNoise
from dreamer_studio.dreamer.world_model import WorldModel, WorldModelOutput
from dreamer_studio.envs import build_config
from tests.support.batches import random_batch


def make_agent(**settings: object) -> Agent:
    agent = Agent(build_config("dmc:walker-walk", "tiny", settings), 3, "continuous")
    agent.initialize(0)
    return agent


def count(module: torch.nn.Module) -> int:
    return sum(parameter.numel() for parameter in module.parameters())


def observe(model: WorldModel, is_first: Tensor, embed: Tensor, action: Tensor, noise: Tensor) -> Tensor:
    posterior, _ = model.rssm.observe(embed, action, is_first, noise)
    return posterior.feat


def forward(agent: Agent, size: int = 2) -> WorldModelOutput:
    batch = random_batch(size)
    drawn = NoiseSource(0).normal(batch.reward.shape[1], size, agent.world_model.rssm.stoch_size)
    output: WorldModelOutput = agent.world_model(batch, UpdateNoise(drawn, torch.empty(0), torch.empty(0)))
    return output


def test_that_the_paper_preset_has_the_authors_numbers_of_parameters() -> None:
    agent = Agent(build_config("dmc:walker-walk", "paper"), 6, "continuous")
    assert (count(agent.world_model), count(agent.actor), count(agent.value)) == (5_296_820, 578_412, 413_601)


def test_that_after_a_reset_the_posterior_equals_that_of_a_new_sequence_whatever_came_before() -> None:
    model = make_agent().world_model
    noise = NoiseSource(1)
    embed, action = noise.normal(1, 6, model.encoder.embed_size), noise.normal(1, 6, 3)
    drawn, nothing = noise.normal(6, 1, model.rssm.stoch_size), torch.zeros(1, 6, dtype=torch.bool)
    is_first = nothing.clone()
    is_first[0, 3] = True
    fresh_action = action[:, 3:].clone()
    fresh_action[:, 0] = 0
    fresh = observe(model, nothing[:, 3:], embed[:, 3:], fresh_action, drawn[3:])
    for scale in (1.0, 100.0):
        before = embed * torch.tensor([scale] * 3 + [1.0] * 3).view(1, 6, 1)
        after = observe(model, is_first, before, action, drawn)[:, 3:]
        torch.testing.assert_close(after, fresh)
    unmasked = observe(model, nothing, embed, action, drawn)[:, 3:]
    assert (unmasked - fresh).abs().max() > 1e-3


def test_that_filtering_a_sequence_equals_observing_its_images_one_by_one() -> None:
    agent = make_agent()
    batch = random_batch(size=1, length=4)
    source = NoiseSource(5)
    state = None
    posteriors = []
    for t in range(4):
        state = agent.observe(state, batch.action[:, t], batch.image[:, t], source)
        posteriors.append(state.feat)
    noise = NoiseSource(5)
    drawn = torch.stack([noise.normal(1, agent.world_model.rssm.stoch_size) for _ in range(4)])
    embed = agent.world_model.encoder(batch.image)
    whole = observe(agent.world_model, batch.is_first, embed, batch.action, drawn)
    torch.testing.assert_close(torch.stack(posteriors, 1), whole)


def test_that_the_kl_is_clipped_after_its_mean_and_not_at_each_step() -> None:
    agent = make_agent(free_nats=0.0)
    output = forward(agent)
    posterior, prior = output.posterior, output.prior
    each = posterior.kl(prior).sum(-1)
    free_nats = each.mean().item() * 0.9  # between the smallest and the mean: the two ways differ
    assert each.min() < free_nats < each.mean()
    agent.world_model.free_nats = free_nats
    clipped = forward(agent)
    assert clipped.kl_clipped.item() == pytest.approx(each.mean().item())
    assert clipped.kl_clipped.item() != pytest.approx(each.clamp_min(free_nats).mean().item(), rel=1e-3)


def test_that_below_the_free_nats_the_kl_is_logged_unclipped_and_has_no_gradient() -> None:
    agent = make_agent(free_nats=1000.0)
    output = forward(agent)
    metrics = output.metrics()
    assert metrics["kl_clipped"].item() == 1000.0 > metrics["kl"].item() > 0
    prior_only = list(agent.world_model.rssm.img3.parameters())
    gradients = torch.autograd.grad(output.loss, prior_only, allow_unused=True, materialize_grads=True)
    assert all(not gradient.any() for gradient in gradients)


def test_that_logged_losses_of_perfect_predictions_are_zero() -> None:
    output = forward(make_agent())
    best_image = torch.tensor(-0.5 * 12288 * torch.log(torch.tensor(2 * torch.pi)).item())
    best_reward = torch.tensor(-0.9189385)
    perfect = dataclasses.replace(output, image_log_prob=best_image, reward_log_prob=best_reward)
    assert perfect.metrics()["image_loss"].item() == pytest.approx(0.0, abs=0.01)
    assert perfect.metrics()["reward_loss"].item() == pytest.approx(0.0, abs=1e-5)


def test_that_pixels_survive_the_conversion_to_the_models_range_and_back() -> None:
    pixels = torch.arange(256, dtype=torch.uint8)
    assert torch.equal(to_pixels(to_model_range(pixels)), pixels)
    assert to_model_range(pixels)[[0, -1]].tolist() == [-0.5, 0.5]
    assert to_pixels(torch.tensor([-3.0, 3.0])).tolist() == [0, 255]


def test_that_the_seed_determines_the_weights_and_the_recurrent_ones_are_orthogonal() -> None:
    first, second, other = make_agent(), make_agent(), make_agent()
    other.initialize(1)
    assert torch.equal(first.actor.hout.weight, second.actor.hout.weight)
    assert not torch.equal(first.actor.hout.weight, other.actor.hout.weight)
    recurrent = first.world_model.rssm.gru.weight_hh
    torch.testing.assert_close(recurrent.T @ recurrent, torch.eye(recurrent.shape[1]))
