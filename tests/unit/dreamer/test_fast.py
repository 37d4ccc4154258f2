"""The fast parts compute the same values and gradients as the plain ones, in float64."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from dreamer_studio.dreamer import fast, learner
from dreamer_studio.dreamer.agent import Agent
from dreamer_studio.dreamer.conv import to_model_range
from dreamer_studio.dreamer.distributions import LOG_SQRT_2PI, TanhNormal
from dreamer_studio.dreamer.fast import FAST, blocks, conv, heads
from dreamer_studio.dreamer.fast.image_loss import center_pixels, image_loss
from dreamer_studio.dreamer.hidden import PAPER, Hidden
from dreamer_studio.dreamer.noise import ActionKind, NoiseSource, UpdateNoise
from dreamer_studio.dreamer.parts import PLAIN, Parts
from dreamer_studio.envs import build_config
from dreamer_studio.parts import result_of
from tests.support.batches import random_batch
from tests.support.remedies import ALL_REMEDIES

FEATURES, DEPTH, ACTIONS = 12, 3, 3
Computed = list[tuple[Tensor, Sequence[Tensor]]]
"""Each result, and the tensors by which it is differentiated."""


def drawn(*shape: int, seed: int = 0) -> Tensor:
    return NoiseSource(seed).normal(*shape).double()


def features(*shape: int) -> Tensor:
    return drawn(*shape, FEATURES, seed=1).requires_grad_()


def images(*shape: int) -> Tensor:
    return NoiseSource(2).uniform(*shape, 64, 64, 3).mul_(255).to(torch.uint8)


def with_weights(module: nn.Module) -> list[Tensor]:
    """Set all weights, and return them."""
    module.double()
    for number, parameter in enumerate(module.parameters()):
        parameter.data.copy_(0.2 * drawn(*parameter.shape, seed=number))
    return list(module.parameters())


def encoder(parts: Parts, style: Hidden) -> Computed:
    module = parts.encoder(DEPTH)
    weights = with_weights(module)
    return [(module(images(7)), weights), (module(images(2, 3)), weights)]


def decoder(parts: Parts, style: Hidden) -> Computed:
    module = parts.decoder(FEATURES, DEPTH)
    weights = with_weights(module)
    few, many = features(2, 2), features(20)  # for many, two layers are joined
    return [(module(few), [few, *weights]), (module(many), [many, *weights])]


def decoder_log_prob(parts: Parts, style: Hidden) -> Computed:
    module = parts.decoder(FEATURES, DEPTH)
    weights = with_weights(module)
    few, many, prepare = features(2, 2), features(20), parts.encoder(DEPTH).double().preprocess
    return [
        (module.log_prob(few, prepare(images(2, 2)))[0], [few, *weights]),
        (module.log_prob(many, prepare(images(20)))[0], [many, *weights]),
    ]


def test_that_in_bfloat16_the_image_loss_reads_exact_pixels_and_its_gradient_is_rounded_once() -> None:
    mean, bias = drawn(3, 32, 32, 12).bfloat16().requires_grad_(), drawn(12).float().requires_grad_()
    shown = blocks.in_blocks(images(3))
    total, losses = image_loss(mean, bias, center_pixels(shown), 1 / 3)
    difference = mean.detach().double() + bias.detach().double() - to_model_range(shown, torch.float64)
    torch.testing.assert_close(losses.double(), 0.5 * difference.square().sum((1, 2, 3)), rtol=1e-6, atol=0)
    torch.testing.assert_close(total, losses.mean())
    of_mean, of_bias = torch.autograd.grad(-total, [mean, bias])
    assert of_mean.dtype == torch.bfloat16
    torch.testing.assert_close(of_mean.double(), -difference / 3, rtol=2**-8, atol=1e-7)
    torch.testing.assert_close(of_bias.double(), -difference.sum((0, 1, 2)) / 3, rtol=1e-5, atol=1e-5)
    assert not losses.requires_grad


@pytest.mark.parametrize("parts", [PLAIN, FAST], ids=["plain", "fast"])
def test_that_each_image_has_its_part_of_the_loss(parts: Parts) -> None:
    module, feat = parts.decoder(FEATURES, DEPTH), features(2, 3)
    with_weights(module)
    shown = images(2, 3)
    log_prob, losses = module.log_prob(feat, parts.encoder(DEPTH).double().preprocess(shown))
    half = 0.5 * (module(feat) - to_model_range(shown, torch.float64)).square().sum((-3, -2, -1))
    torch.testing.assert_close(losses, half.detach())
    torch.testing.assert_close(-losses.mean() - 64 * 64 * 3 * LOG_SQRT_2PI, log_prob.detach())


def head(parts: Parts, style: Hidden) -> Computed:
    module, feat = parts.head(FEATURES, 2, 5, hidden=style), features(2, 4)
    weights = with_weights(module)
    for_features, for_weights = module.for_features_and_weights(feat)
    return [
        (module(feat), [feat, *weights]),
        (module.for_features(feat), [feat]),
        (for_features, [feat]),
        (for_weights, [feat, *weights]),
    ]


def actor(parts: Parts, style: Hidden) -> Computed:
    module = parts.actor(FEATURES, 5, ACTIONS, "continuous", init_std=5.0, mean_scale=5.0, min_std=1e-4, hidden=style)
    weights, feat = with_weights(module), features(2, 4)
    distribution = module.distribution(feat)
    assert isinstance(distribution, TanhNormal)
    return [(distribution.mean, [feat, *weights]), (distribution.std, [feat, *weights])]


def rssm_steps(parts: Parts, style: Hidden) -> Computed:
    module = parts.rssm(ACTIONS, 8, stoch=4, deter=FEATURES - 4, hidden=6, style=style)
    weights, feat = with_weights(module), features(5)
    start, action, embed = module.state_at(feat), drawn(5, ACTIONS, seed=3), drawn(5, 8, seed=4).requires_grad_()
    prior = module.img_step(start, action, drawn(5, 4, seed=5))
    posterior = module.obs_step(start, action, embed, drawn(5, 4, seed=5))
    return [
        *(
            (part, [feat, *weights])
            for part in (prior.feat, *prior.statistics(), module.img_step(start, action, None).feat)
        ),
        *((part, [feat, embed, *weights]) for part in (posterior.feat, *posterior.statistics())),
        (posterior.kl(module.prior(posterior.deter)), [feat, embed, *weights]),
    ]


def rssm_filter(parts: Parts, style: Hidden) -> Computed:
    module = parts.rssm(ACTIONS, 8, stoch=4, deter=FEATURES - 4, hidden=6, style=style)
    weights, start = with_weights(module), features(2)
    embed, action = drawn(2, 5, 8, seed=3).requires_grad_(), drawn(2, 5, ACTIONS, seed=4)
    is_first = torch.zeros(2, 5, dtype=torch.bool)
    is_first[1, 3] = True
    noise = drawn(5, 2, 4, seed=5), drawn(5, 2, 4, seed=6)
    fresh = module.observe(embed, action, is_first, *noise)
    further = module.observe(embed, action, is_first, noise[0], start=module.state_at(start))
    return [
        *((part, [embed, *weights]) for state in fresh for part in (state.feat, *state.statistics())),
        *((part, [embed, start, *weights]) for state in further for part in (state.feat, *state.statistics())),
    ]


@pytest.mark.parametrize("at_once", [2500, 3], ids=["at-once", "in-chunks"])
@pytest.mark.parametrize(
    ("compute", "style"),
    [
        *((compute, PAPER) for compute in (encoder, decoder, decoder_log_prob, head, actor, rssm_steps, rssm_filter)),
        *((compute, Hidden("silu", layer_norm=True)) for compute in (head, actor, rssm_steps, rssm_filter)),
        (head, Hidden("elu", layer_norm=True)),
    ],
)
def test_that_a_fast_part_gives_the_values_and_gradients_of_the_plain_one(
    monkeypatch: pytest.MonkeyPatch, compute: Callable[[Parts, Hidden], Computed], style: Hidden, at_once: int
) -> None:
    monkeypatch.setattr(conv, "FRAMES_AT_ONCE", at_once)
    monkeypatch.setattr(heads, "ROWS_AT_ONCE", at_once)
    for number, (ours, theirs) in enumerate(zip(compute(FAST, style), compute(PLAIN, style), strict=True)):
        torch.testing.assert_close(ours[0], theirs[0], rtol=1e-10, atol=1e-10)
        weight = drawn(*theirs[0].shape, seed=number)
        gradients = (
            torch.autograd.grad(
                (result * weight).sum(), leaves, retain_graph=True, allow_unused=True, materialize_grads=True
            )
            for result, leaves in (ours, theirs)
        )
        for fast_gradient, gradient in zip(*gradients, strict=True):
            torch.testing.assert_close(fast_gradient, gradient, rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("count", [5, 20])
def test_that_the_contract_covers_the_decoder_with_and_without_joined_layers(count: int) -> None:
    assert len(conv.Decoder(FEATURES, DEPTH)._products(count)) == (2 if count == 5 else 1)


@pytest.mark.parametrize("kind", ["continuous", "discrete"])
@pytest.mark.parametrize("pcont", [False, True])
@pytest.mark.parametrize(
    "remedies",
    [{}, ALL_REMEDIES, {"activation": "silu"}],  # with a slow target, the actor does not read the value model
    ids=["paper", "remedies", "silu"],
)
def test_that_a_fast_update_has_the_losses_and_gradients_of_a_plain_one(
    kind: ActionKind, pcont: bool, remedies: dict[str, Any]
) -> None:
    settings = {"precision": "float32", "pcont": pcont, "free_nats": 0.0, **remedies}
    config = build_config("dmc:walker-walk", "tiny", settings)
    batch = random_batch(3, 6)
    batch.is_first[1, 3] = batch.is_terminal[1, 2] = batch.is_terminal[2, 5] = True
    batch = replace(batch, **{name: getattr(batch, name).double() for name in ("action", "reward", "discount")})
    outcomes = []
    for build, parts in ((learner.Learner, PLAIN), (fast.Learner, FAST)):
        agent = Agent(config, ACTIONS, kind, parts)
        agent.initialize(0)
        learning = build(agent.double(), config)
        noise = learning.draw_noise(batch, 5, NoiseSource(1))
        noise = UpdateNoise(noise.posterior.double(), noise.imagination.double(), noise.action.double())
        model, behavior = result_of(learning.gradients(batch, noise))
        gradients = {name: parameter.grad for name, parameter in agent.named_parameters()}
        outcomes.append({**model.metrics(), **behavior.metrics(), **gradients})
    plain, fast_one = outcomes
    assert plain.keys() == fast_one.keys()
    for name, expected in plain.items():
        assert expected is not None and expected.dtype == torch.float64
        torch.testing.assert_close(fast_one[name], expected, rtol=1e-9, atol=1e-11, msg=name)
