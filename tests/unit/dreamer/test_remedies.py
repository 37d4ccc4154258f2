"""Remedies of later papers: each against values and gradients worked out by hand, and nothing changes without them."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from dreamer_studio.dreamer import fast, learner
from dreamer_studio.dreamer.agent import Agent
from dreamer_studio.dreamer.distributions import LOG_SQRT_2PI, BoundedNormal
from dreamer_studio.dreamer.entropy_bounds import entropy_bounds
from dreamer_studio.dreamer.fast import FAST
from dreamer_studio.dreamer.hidden import Hidden
from dreamer_studio.dreamer.learner import Learner
from dreamer_studio.dreamer.noise import ActionKind, NoiseSource
from dreamer_studio.dreamer.parts import PLAIN, Parts
from dreamer_studio.dreamer.remedies import KLBalance, Remedies, symexp, symlog
from dreamer_studio.dreamer.rssm import State
from dreamer_studio.envs import build_config
from dreamer_studio.parts import result_of
from tests.support.batches import random_batch

Build = tuple[Parts, type[Learner]]
BUILDS: dict[str, Build] = {"plain": (PLAIN, Learner), "fast": (FAST, fast.Learner)}


NO_FREE_NATS: dict[str, Any] = {"prior_free_nats": 0.0, "posterior_free_nats": 0.0, "grad_clip": 1e6}


@pytest.fixture(params=BUILDS)
def build(request: pytest.FixtureRequest) -> Build:
    return BUILDS[request.param]


def make_learner(build: Build, kind: ActionKind = "continuous", **settings: object) -> Learner:
    parts, learner_type = build
    config = build_config("dmc:walker-walk", "tiny", {"precision": "float32", **settings})
    agent = Agent(config, 3, kind, parts)
    agent.initialize(0)
    return learner_type(agent, config)


def update(learning: Learner, horizon: int = 1, seed: int = 0) -> learner.UpdateOutput:
    batch = random_batch()
    return result_of(learning.update(batch, learning.draw_noise(batch, horizon, NoiseSource(seed))))


def always(head: nn.Module, value: float) -> None:
    """Make a head answer `value` to all features."""
    assert isinstance(head.hout, nn.Linear)
    nn.init.zeros_(head.hout.weight)
    nn.init.constant_(head.hout.bias, value)


def gradient(module: nn.Module) -> Tensor:
    """Return the gradient of the bias of a head's last layer."""
    assert isinstance(module.hout, nn.Linear) and module.hout.bias.grad is not None
    return module.hout.bias.grad


def test_that_the_slow_target_alone_decides_the_returns_and_the_value_model_learns_them(
    build: Build,
) -> None:
    learning = make_learner(build, slow_target=0.75, grad_clip=1e6)
    slow = learning.running.slow_value
    assert slow is not None
    always(slow, 7.0)
    always(learning.agent.value, 3.0)
    output = update(learning)
    torch.testing.assert_close(output.behavior.returns, torch.full((1, 8), 7.0))  # a horizon of one: the bootstrap
    torch.testing.assert_close(output.behavior.value, torch.full((1, 8), 3.0))
    assert output.behavior.value_loss.item() == pytest.approx(0.5 * (3 - 7) ** 2 + LOG_SQRT_2PI)
    torch.testing.assert_close(gradient(learning.agent.value), torch.tensor([3.0 - 7.0]))
    bias = learning.agent.value.hout.bias
    torch.testing.assert_close(slow.hout.bias, 0.75 * 7 + 0.25 * bias.detach())
    assert bias.item() != 3.0 and not any(parameter.requires_grad for parameter in slow.parameters())


def test_that_the_actor_learns_through_the_slow_target(build: Build) -> None:
    learning = make_learner(build, slow_target=0.9, grad_clip=1e6)
    always(learning.agent.value, 3.0)  # no gradient passes it
    update(learning)
    assert gradient(learning.agent.actor).abs().max() > 0


def test_that_a_slow_target_that_keeps_nothing_is_the_paper(build: Build) -> None:
    paper, slow = make_learner(build), make_learner(build, slow_target=1e-9)
    for seed in range(3):
        expected, metrics = update(paper, 5, seed).metrics(), update(slow, 5, seed).metrics()
        assert metrics == pytest.approx(expected, rel=1e-5, abs=1e-6)


def test_that_an_update_that_is_skipped_or_dropped_leaves_the_slow_target_alone(
    build: Build,
) -> None:
    learning = make_learner(build, slow_target=0.5)
    batch = random_batch()
    before = {name: value.clone() for name, value in learning.running.state_dict().items()}
    dropped = learning.update(batch, learning.draw_noise(batch, 3, NoiseSource(0)))
    while next(dropped) != "optimizers":
        pass
    dropped.close()
    batch.reward[0, 0] = float("nan")
    assert result_of(learning.update(batch, learning.draw_noise(batch, 3, NoiseSource(0)))).not_finite
    assert all(torch.equal(value, before[name]) for name, value in learning.running.state_dict().items())


def test_that_the_range_of_the_returns_is_that_of_the_middle_nine_tenths() -> None:
    returns = torch.arange(21.0).flip(0)  # the 5th percentile is 1, the 95th is 19
    remedies = Remedies(return_range=torch.tensor(4.0), return_decay=0.75, return_limit=10.0)
    now = remedies.next_range(returns)
    assert now is not None and now.item() == pytest.approx(0.75 * 4 + 0.25 * 18)
    torch.testing.assert_close(remedies.objective(returns, now, ()), returns / 10)  # 7.5 is below the limit
    torch.testing.assert_close(remedies.objective(returns, torch.tensor(20.0), ()), returns / 20)
    assert Remedies().next_range(returns) is None and torch.equal(Remedies().objective(returns, None, ()), returns)


def test_that_normalized_returns_scale_the_actors_loss_and_gradient_and_nothing_else(build: Build) -> None:
    paper, limited = make_learner(build), make_learner(build, norm_returns=True, return_limit=1000.0)
    free = make_learner(build, norm_returns=True, return_limit=1e-6, return_decay=0.0)
    before, after, measured = (update(learning, 5).behavior for learning in (paper, limited, free))
    low, high = np.percentile(measured.returns.detach().numpy(), (5, 95))
    assert measured.return_range is not None and measured.return_range.item() == pytest.approx(high - low, rel=1e-5)
    assert before.return_range is None and after.return_range is not None and after.return_range.item() < 1000
    for learning, behavior, scale in ((limited, after, 1000), (free, measured, high - low)):
        torch.testing.assert_close(behavior.actor_loss * scale, before.actor_loss)
        torch.testing.assert_close(gradient(learning.agent.actor) * scale, gradient(paper.agent.actor))
        assert torch.equal(behavior.value_loss, before.value_loss)
        torch.testing.assert_close(gradient(learning.agent.value), gradient(paper.agent.value))
    assert "return_range" in measured.metrics() and "return_range" not in before.metrics()


def test_that_the_running_range_begins_at_zero_and_follows_each_update(build: Build) -> None:
    learning = make_learner(build, norm_returns=True, return_decay=0.9)
    expected = 0.0
    for seed in range(3):
        returns = update(learning, 5, seed).behavior.returns.detach().numpy()
        low, high = np.percentile(returns, (5, 95))
        expected = 0.9 * expected + 0.1 * (high - low)
        assert learning.running.state_dict()["return_range"].item() == pytest.approx(expected, rel=1e-4)


def test_that_the_entropy_is_added_to_the_return_of_the_state_that_its_action_led_to() -> None:
    returns, entropies = torch.tensor([[10.0], [20.0]]), [torch.tensor([value]) for value in (1.0, 2.0, 400.0)]
    objective = Remedies(entropy_scale=0.5).objective(returns, torch.tensor(4.0), entropies)
    torch.testing.assert_close(objective, torch.tensor([[3.0], [6.0]]))  # 10 / 4 + 0.5, 20 / 4 + 1


@pytest.mark.parametrize(
    ("kind", "dist"),
    [("continuous", "tanh_normal"), ("continuous", "bounded_normal"), ("discrete", "tanh_normal")],
)
def test_that_the_entropy_bonus_adds_the_entropys_gradient_to_the_actors(
    build: Build, kind: ActionKind, dist: str
) -> None:
    settings = {"action_dist": dist, "grad_clip": 1e6}
    off, on = make_learner(build, kind, **settings), make_learner(build, kind, **settings, entropy_scale=0.25)
    batch = random_batch()
    noise = off.draw_noise(batch, 1, NoiseSource(0))
    (_, before), (_, after) = (result_of(learning.gradients(batch, noise)) for learning in (off, on))
    actor = off.agent.actor
    entropy = actor.distribution(before.start.feat).entropy(noise.action[0]).mean()
    torch.testing.assert_close(after.actor_loss, before.actor_loss - 0.25 * entropy)
    torch.testing.assert_close(after.actor_entropy, entropy.detach())
    weights = dict(actor.named_parameters())
    gradients = torch.autograd.grad(entropy, list(weights.values()))
    for (name, weight), bonus in zip(weights.items(), gradients, strict=True):
        ours = on.agent.actor.get_parameter(name).grad
        assert weight.grad is not None and ours is not None
        torch.testing.assert_close(ours, weight.grad - 0.25 * bonus, msg=name)
    assert gradients[0].abs().max() > 1e-4
    torch.testing.assert_close(gradient(on.agent.value), gradient(off.agent.value))


def test_that_a_bounded_normal_acts_in_bounds_and_its_mode_is_the_tanh_of_its_mean(build: Build) -> None:
    agent = make_learner(build, action_dist="bounded_normal").agent
    feat, noise = NoiseSource(0).normal(50, agent.feat_size), NoiseSource(1)
    mean, std = agent.actor.outputs(feat).chunk(2, -1)
    distribution = agent.actor.distribution(feat)
    assert isinstance(distribution, BoundedNormal)
    torch.testing.assert_close(distribution.std, 0.1 + 0.9 * torch.sigmoid(std + 2))
    torch.testing.assert_close(agent.act(feat, noise, "mode"), torch.tanh(mean).detach())
    sampled = agent.act(feat, noise)
    assert sampled.abs().max() == 1 and (sampled.abs() < 1).any()
    expected = (distribution.std.detach().log() + 0.5 * math.log(2 * math.pi * math.e)).sum(-1)
    torch.testing.assert_close(agent.entropy(feat, noise), expected)


@pytest.mark.parametrize("dist", ["tanh_normal", "bounded_normal"])
def test_that_no_continuous_policy_leaves_the_bounds_of_its_entropy(build: Build, dist: str) -> None:
    learning = make_learner(build, action_dist=dist)
    agent = learning.agent
    low, high = entropy_bounds(learning.config, "continuous", 3)
    feat = torch.zeros(1, agent.feat_size)
    found = []
    for mean, std in ((1e3, -1e3), (0.0, 1e3), (0.0, -1.5), (0.0, 0.0)):
        always(agent.actor, 0.0)
        agent.actor.hout.bias.data.copy_(torch.tensor([mean] * 3 + [std] * 3))
        if dist == "tanh_normal":
            agent.actor.hout.bias.data[3:].clamp_(max=-3.6)  # a deviation of 1 before the tanh, near even chances
        found.append(agent.entropy(feat, NoiseSource(0)).item())
    assert low == pytest.approx(min(found), abs=0.5)
    assert low - 0.5 < min(found) and max(found) <= high + 1e-4
    assert max(found) > high - (1.5 if dist == "tanh_normal" else 1e-3)


def test_that_the_entropy_of_choices_lies_between_zero_and_that_of_even_chances() -> None:
    assert entropy_bounds(build_config("gym:CartPole-v1", "tiny"), "discrete", 4) == (0.0, math.log(4))


def states(mean: list[float], std: list[float]) -> State:
    """Return Gaussian states (1, T, .) of one dimension, with leaves to differentiate by."""
    means, stds = (torch.tensor(values).view(1, -1, 1).requires_grad_() for values in (mean, std))
    return State(means, stds, torch.zeros(1, len(mean), 1), torch.zeros(1, len(mean), 1))


def test_that_each_side_of_a_balanced_kl_has_its_weight_its_gradient_and_its_free_nats() -> None:
    # One dimension, deviations 1: the KL of a step is half its squared distance, 2 and 0.5; the mean of 2 and 1 is 1.5.
    posterior, prior = states([2.0, 1.0], [1.0, 1.0]), states([0.0, 0.0], [1.0, 1.0])
    balance = KLBalance(prior_scale=0.8, posterior_scale=0.25, prior_free_nats=1.0, posterior_free_nats=0.0)
    loss, clipped = balance.loss(posterior, prior)
    torch.testing.assert_close(clipped, torch.tensor(1.5))
    torch.testing.assert_close(loss, torch.tensor(0.8 * 1.5 + 0.25 * 1.25))
    gradients = torch.autograd.grad(loss, [prior.mean, posterior.mean, prior.std, posterior.std])
    expected = (
        [0.8 * -2 / 2, 0.0],  # the second step is below the prior's free nats
        [0.25 * 2 / 2, 0.25 * 1 / 2],
        [0.8 * -(2**2) / 2, 0.0],  # d KL / d std of the prior = 1 - 1 - distance^2
        [0.0, 0.0],  # d KL / d std of the posterior = std - 1 / std
    )
    for found, values in zip(gradients, expected, strict=True):
        torch.testing.assert_close(found.flatten(), torch.tensor(values), atol=1e-6, rtol=1e-6)


def test_that_an_update_uses_the_balanced_kl_instead_of_the_papers(build: Build) -> None:
    plain = make_learner(build, free_nats=0.0, kl_scale=1.0, grad_clip=1e6)
    balanced = make_learner(
        build, kl_scale=50.0, free_nats=9.0, prior_kl_scale=0.75, posterior_kl_scale=0.25, **NO_FREE_NATS
    )
    lopsided = make_learner(build, prior_kl_scale=2.0, **NO_FREE_NATS)
    outputs = [update(learning) for learning in (plain, balanced, lopsided)]
    (before, after, one_sided) = (output.model for output in outputs)
    torch.testing.assert_close(after.loss, before.loss)  # the weights add up to 1
    torch.testing.assert_close(one_sided.loss, before.loss + before.kl)
    torch.testing.assert_close(after.frame_losses, before.frame_losses)
    torch.testing.assert_close(one_sided.frame_losses.mean(), before.frame_losses.mean() + before.kl)
    assert after.metrics().keys() == before.metrics().keys()
    priors = [learning.agent.world_model.rssm.img3.bias.grad for learning in (plain, balanced)]
    posteriors = [learning.agent.world_model.rssm.obs2.bias.grad for learning in (plain, balanced, lopsided)]
    assert priors[0] is not None and priors[1] is not None
    torch.testing.assert_close(priors[1], 0.75 * priors[0])
    first, second, third = posteriors
    assert first is not None and second is not None and third is not None
    assert len({tuple(each.tolist()) for each in (first, second, third)}) == 3


def test_that_symlog_and_its_inverse_have_the_values_and_slopes_of_their_formulas() -> None:
    x = torch.tensor([-(math.e**2 - 1), -1.0, 0.5, math.e - 1], requires_grad=True)
    y = symlog(x)
    torch.testing.assert_close(y, torch.tensor([-2.0, -math.log(2), math.log(1.5), 1.0]))
    (slopes,) = torch.autograd.grad(y.sum(), [x], retain_graph=True)
    torch.testing.assert_close(slopes, 1 / (1 + x.detach().abs()))
    torch.testing.assert_close(symexp(y), x)
    z = torch.tensor([-2.0, 0.5], requires_grad=True)
    (slopes,) = torch.autograd.grad(symexp(z).sum(), [z])
    torch.testing.assert_close(slopes, z.detach().abs().exp())


def test_that_symlog_heads_learn_the_small_numbers_and_predict_the_large_ones(build: Build) -> None:
    learning = make_learner(build, symlog=True, grad_clip=1e6, discount=0.5, disclam=0.0)
    agent, feat = learning.agent, torch.zeros(2, learning.agent.feat_size)
    always(agent.world_model.reward, 2.0)
    always(agent.value, -1.0)
    reward, value, _ = agent.heads(feat)
    torch.testing.assert_close(reward, torch.full((2,), math.exp(2) - 1))
    torch.testing.assert_close(value, torch.full((2,), 1 - math.e))
    batch = random_batch()
    batch.reward.fill_(math.e - 1)  # its symlog is 1
    output = result_of(learning.update(batch, learning.draw_noise(batch, 2, NoiseSource(0))))
    model, behavior = output.model, output.behavior
    assert model.metrics()["reward_loss"].item() == pytest.approx(0.5 * (2 - 1) ** 2)
    torch.testing.assert_close(gradient(agent.world_model.reward), torch.tensor([2.0 - 1.0]))
    torch.testing.assert_close(model.reward_mean, torch.full((2, 4), math.exp(2) - 1))
    came = math.exp(2) - 1 + 0.5 * (1 - math.e)  # the reward, and half the next value
    torch.testing.assert_close(behavior.returns, torch.full((1, 8), came))
    assert behavior.value_loss.item() == pytest.approx(0.5 * (-1 - math.log1p(came)) ** 2 + LOG_SQRT_2PI)
    torch.testing.assert_close(gradient(agent.value), torch.tensor([-1 - math.log1p(came)]))


def test_that_the_image_loss_has_its_weight_in_the_loss_and_its_gradient_and_not_in_the_log(build: Build) -> None:
    paper, weighed = make_learner(build, grad_clip=1e6), make_learner(build, grad_clip=1e6, image_scale=0.25)
    before, after = update(paper).model, update(weighed).model
    torch.testing.assert_close(after.loss, before.loss + 0.75 * before.image_log_prob)
    losses = before.frame_losses - after.frame_losses
    torch.testing.assert_close(losses.mean(), 0.75 * before.metrics()["image_loss"], rtol=1e-4, atol=1e-3)
    assert torch.equal(after.metrics()["image_loss"], before.metrics()["image_loss"])
    ours, papers = (learning.agent.world_model.decoder.deconv4.weight.grad for learning in (weighed, paper))
    assert ours is not None and papers is not None
    torch.testing.assert_close(ours, 0.25 * papers)


@pytest.mark.parametrize(
    ("every", "pcont", "rows"), [(1, False, [0, 1, 2, 3]), (2, False, [1, 3]), (3, True, [2]), (9, False, [3])]
)
def test_that_imagination_starts_from_every_nth_posterior_counted_from_the_last(
    build: Build, every: int, pcont: bool, rows: list[int]
) -> None:
    learning = make_learner(build, imagine_every=every, pcont=pcont)
    batch = random_batch()
    batch.is_terminal[0, rows[0]] = True
    noise = learning.draw_noise(batch, 2, NoiseSource(0))
    model, behavior = result_of(learning.gradients(batch, noise))
    assert noise.imagination.shape[1] == noise.action.shape[1] == 2 * len(rows)
    torch.testing.assert_close(behavior.start.feat, model.posterior.feat[:, rows].flatten(0, 1).detach())
    assert behavior.counted[0].tolist() == [0.0] + [1.0] * (2 * len(rows) - 1)


@pytest.mark.parametrize(("every", "rows"), [(2, [1, 3]), (3, [0, 3]), (9, [3])])
def test_that_the_image_loss_is_the_mean_over_every_nth_image_counted_from_the_last(
    build: Build, every: int, rows: list[int]
) -> None:
    paper, sparse = make_learner(build, grad_clip=1e6), make_learner(build, grad_clip=1e6, decode_every=every)
    for learning in (paper, sparse):  # every mean is 0, so a loss is half the sum of the squared pixels
        for parameter in learning.agent.world_model.decoder.deconv4.parameters():
            nn.init.zeros_(parameter)
    before, after = update(paper).model, update(sparse).model
    assert torch.equal(after.posterior.feat, before.posterior.feat)  # each posterior still sees its image
    pixels = random_batch().image[:, rows].float() / 255 - 0.5
    halves = 0.5 * pixels.square().sum((2, 3, 4))
    torch.testing.assert_close(after.metrics()["image_loss"], halves.mean(), rtol=1e-4, atol=1e-3)
    torch.testing.assert_close(after.loss - before.loss, before.image_log_prob - after.image_log_prob)
    torch.testing.assert_close(after.frame_losses[:, rows], before.frame_losses[:, rows])
    left_out = [row for row in range(4) if row not in rows]
    assert after.frame_losses[:, left_out].isnan().all()
    bias = sparse.agent.get_parameter("world_model.decoder.deconv4.bias").grad
    assert bias is not None
    torch.testing.assert_close(bias, -pixels.sum((2, 3)).mean((0, 1)), rtol=1e-4, atol=1e-4)


def test_that_a_hidden_layer_is_normed_then_activated_by_the_formulas() -> None:
    style = Hidden("silu", layer_norm=True)
    product = torch.tensor([[1.0, 3.0]], requires_grad=True)  # mean 2, variance 1
    norm = style.norm(2)
    unit = 1 / math.sqrt(1 + 1e-3)
    sigmoid = 1 / (1 + math.exp(-unit))
    finished = style.finish(product, norm)
    torch.testing.assert_close(finished, torch.tensor([[-unit * (1 - sigmoid), unit * sigmoid]]))
    (slope,) = torch.autograd.grad(Hidden("silu").finish(product, Hidden().norm(2)).sum(), [product])
    sigma = torch.sigmoid(product.detach())
    torch.testing.assert_close(slope, sigma * (1 + product.detach() * (1 - sigma)))
    assert list(Hidden().norm(2).parameters()) == []


def test_that_layer_norm_and_silu_reach_every_dense_layer_and_begin_neutral(build: Build) -> None:
    agent = make_learner(build, activation="silu", layer_norm=True, pcont=True).agent
    norms = {name: value for name, value in agent.named_parameters() if "norm" in name}
    layers = {name.rpartition("_norm")[0] for name in norms}
    rssm = {f"world_model.rssm.{name}" for name in ("img1", "img2", "obs1")}
    heads = {"world_model.reward": 2, "world_model.pcont": 3, "actor": 4, "value": 3}
    assert layers == rssm | {f"{head}.h{index}" for head, count in heads.items() for index in range(count)}
    assert all(torch.equal(value, torch.full_like(value, float("weight" in name))) for name, value in norms.items())
    paper = make_learner(build).agent
    feat = NoiseSource(0).normal(5, agent.feat_size)
    x = feat
    for index in range(3):
        product = agent.value.get_submodule(f"h{index}")(x)
        product = (product - product.mean(-1, keepdim=True)) / (
            product.var(-1, keepdim=True, correction=0) + 1e-3
        ).sqrt()
        x = product * torch.sigmoid(product)
    torch.testing.assert_close(agent.value(feat), agent.value.hout(x).squeeze(-1), rtol=1e-4, atol=1e-5)
    assert not any("norm" in name for name, _ in paper.named_parameters())
