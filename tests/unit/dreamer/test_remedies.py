"""Remedies of later papers: each against values and gradients worked out by hand, and nothing changes without them."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from dreamer_studio.dreamer import fast, learner
from dreamer_studio.dreamer.agent import Agent
from dreamer_studio.dreamer.distributions import LOG_SQRT_2PI
from dreamer_studio.dreamer.fast import FAST
from dreamer_studio.dreamer.learner import Learner
from dreamer_studio.dreamer.noise import ActionKind, NoiseSource
from dreamer_studio.dreamer.parts import PLAIN, Parts
from dreamer_studio.dreamer.remedies import Remedies
from dreamer_studio.envs import build_config
from tests.support.batches import random_batch, returned

Build = tuple[Parts, type[Learner]]
BUILDS: dict[str, Build] = {"plain": (PLAIN, Learner), "fast": (FAST, fast.Learner)}


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
    return returned(learning.update(batch, learning.draw_noise(batch, horizon, NoiseSource(seed))))


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
    assert returned(learning.update(batch, learning.draw_noise(batch, 3, NoiseSource(0)))).not_finite
    assert all(torch.equal(value, before[name]) for name, value in learning.running.state_dict().items())


def test_that_the_range_of_the_returns_is_that_of_the_middle_nine_tenths() -> None:
    returns = torch.arange(21.0).flip(0)  # the 5th percentile is 1, the 95th is 19
    remedies = Remedies(return_range=torch.tensor(4.0), return_decay=0.75, return_limit=10.0)
    now = remedies.next_range(returns)
    assert now is not None and now.item() == pytest.approx(0.75 * 4 + 0.25 * 18)
    torch.testing.assert_close(remedies.normalized(returns, now), returns / 10)  # 7.5 is below the limit
    torch.testing.assert_close(remedies.normalized(returns, torch.tensor(20.0)), returns / 20)
    assert Remedies().next_range(returns) is None and torch.equal(Remedies().normalized(returns, None), returns)


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
