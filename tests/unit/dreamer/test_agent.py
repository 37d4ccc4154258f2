"""Acting: exploration, random actions of the prefill, and the mode."""

from __future__ import annotations

import pytest
import torch

from dreamer_studio.dreamer.agent import Agent, exploration_amount
from dreamer_studio.dreamer.fast import FAST
from dreamer_studio.dreamer.noise import ActionKind, NoiseSource
from dreamer_studio.dreamer.parts import PLAIN, Parts
from dreamer_studio.envs import build_config


def make_agent(kind: ActionKind) -> Agent:
    agent = Agent(build_config("dmc:walker-walk", "tiny"), 4, kind)
    agent.initialize(0)
    return agent


@pytest.mark.parametrize(("step", "amount"), [(0, 0.4), (100, 0.2), (200, 0.1), (10_000, 0.05)])
def test_that_exploration_halves_down_to_its_floor(step: int, amount: float) -> None:
    settings = {"expl_amount": 0.4, "expl_decay": 100, "expl_min": 0.05}
    config = build_config("dmc:walker-walk", "tiny", settings)
    assert exploration_amount(config, step) == pytest.approx(amount)


def test_that_exploration_does_not_decay_by_default() -> None:
    assert exploration_amount(build_config("dmc:walker-walk", "paper"), 10**6) == 0.3


def test_that_explored_actions_stay_in_range_and_differ_by_noise_of_that_deviation() -> None:
    agent, action = make_agent("continuous"), torch.zeros(5000, 4)
    explored = agent.explore(action, 0.3, NoiseSource(0))
    assert explored.std().item() == pytest.approx(0.3, abs=0.01)
    assert agent.explore(torch.ones(5000, 4), 0.3, NoiseSource(0)).max() <= 1.0
    assert not action.any()  # the policy's own action is left as it was
    assert agent.explore(action, 0.0, NoiseSource(0)) is action


def test_that_a_discrete_action_is_replaced_with_probability_epsilon() -> None:
    agent = make_agent("discrete")
    action = torch.eye(4)[0].expand(8000, 4)
    explored = agent.explore(action, 0.4, NoiseSource(0))
    assert torch.equal(explored.sum(-1), torch.ones(8000))
    torch.testing.assert_close(explored.mean(0), torch.tensor([0.7, 0.1, 0.1, 0.1]), atol=0.02, rtol=0)


def test_that_random_actions_cover_their_space_evenly() -> None:
    box = make_agent("continuous").random_action(8000, NoiseSource(0))
    assert box.min() < -0.99 and box.max() > 0.99 and abs(box.mean().item()) < 0.02
    one_hot = make_agent("discrete").random_action(8000, NoiseSource(0))
    torch.testing.assert_close(one_hot.mean(0), torch.full((4,), 0.25), atol=0.02, rtol=0)


def test_that_evaluation_takes_the_likeliest_discrete_action_and_training_a_sample() -> None:
    agent, noise = make_agent("discrete"), NoiseSource(0)
    feat = torch.ones(500, agent.feat_size)  # the same features 500 times
    likeliest = agent.actor.outputs(feat[:1]).argmax()
    assert (agent.act(feat, noise, "mode").argmax(-1) == likeliest).all()
    assert len(agent.act(feat, noise).argmax(-1).unique()) > 1


def test_that_evaluation_takes_the_densest_continuous_actions() -> None:
    agent, noise = make_agent("continuous"), NoiseSource(0)
    feat = torch.ones(500, agent.feat_size)
    modes, samples = agent.act(feat, noise, "mode"), agent.act(feat, noise)
    at_the_ends = [(actions.abs() > 0.99).float().mean().item() for actions in (modes, samples)]
    assert at_the_ends[0] > 0.85 > at_the_ends[1] + 0.1  # a wide tanh-normal, as at the start, is densest there


@pytest.mark.parametrize("parts", [PLAIN, FAST])
def test_that_the_gradient_for_actions_is_the_slope_of_the_first_target(parts: Parts) -> None:
    agent = Agent(build_config("dmc:walker-walk", "tiny"), 4, "continuous", parts)
    agent.initialize(0)
    drawn = torch.Generator().manual_seed(0)
    action = torch.rand(5, 2, 4, generator=drawn)
    noise = torch.randn(5, 2, agent.stoch_size, generator=drawn)
    with torch.inference_mode():  # as in a viewer's worker
        target, gradient = agent.action_gradient(agent.initial(2), action, noise, 0.9)
    step = 1e-2
    for place in ((0, 0, 0), (2, 1, 3), (4, 0, 2)):
        moved = [action.clone(), action.clone()]
        moved[0][place] += step
        moved[1][place] -= step
        up, down = (agent.action_gradient(agent.initial(2), each, noise, 0.9)[0] for each in moved)
        slope = (up - down)[place[1]] / (2 * step)
        torch.testing.assert_close(gradient[place], slope, rtol=0.02, atol=1e-4)
    assert target.shape == (2,) and gradient.shape == action.shape
