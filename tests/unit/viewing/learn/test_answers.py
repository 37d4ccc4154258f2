"""What the chapters compute, on a small agent."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from dreamer_studio.dreamer.agent import Agent
from dreamer_studio.dreamer.behavior import lambda_return
from dreamer_studio.dreamer.fast import make_agent
from dreamer_studio.session.snapshot import take_snapshot
from dreamer_studio.viewing.frame_ref import FrameRef
from dreamer_studio.viewing.learn.covered import SEEN, cover
from dreamer_studio.viewing.learn.exploration import explore
from dreamer_studio.viewing.learn.gradient import follow_gradient
from dreamer_studio.viewing.learn.held import hold
from dreamer_studio.viewing.learn.horizon import compare_horizons
from dreamer_studio.viewing.learn.horizon_steps import LONGEST
from dreamer_studio.viewing.learn.looking import look
from dreamer_studio.viewing.learn.messages.covered import CoveredRequest
from dreamer_studio.viewing.learn.messages.exploration import ExplorationRequest
from dreamer_studio.viewing.learn.messages.gradient import GradientRequest
from dreamer_studio.viewing.learn.messages.held import HeldRequest
from dreamer_studio.viewing.learn.messages.horizon import HorizonRequest
from dreamer_studio.viewing.learn.messages.loop import LoopRequest
from dreamer_studio.viewing.learn.messages.promises import PromisesRequest
from dreamer_studio.viewing.learn.messages.reward import RewardRequest
from dreamer_studio.viewing.learn.messages.targets import LambdaRequest
from dreamer_studio.viewing.learn.promises import improve
from dreamer_studio.viewing.learn.reward import predict_rewards
from dreamer_studio.viewing.learn.scene import LearnScene
from dreamer_studio.viewing.learn.targets import targets
from dreamer_studio.viewing.scene.source import as_episode
from dreamer_studio.viewing.worker import CannotAnswerError
from tests.support.idle_session import SPEC, row
from tests.support.small_runs import CPU, small_config

CONFIG = small_config(pcont=False, horizon=6)


@pytest.fixture(scope="module")
def small() -> Agent:
    made = make_agent(CONFIG, 1, "continuous")
    made.initialize(1)
    return made


def scene(small: Agent, rows: int = 20) -> LearnScene:
    snapshot = take_snapshot(small, CONFIG, SPEC, 10, 1)
    episode = as_episode([row(index) for index in range(rows)])
    return LearnScene(small, snapshot, FrameRef(False, 0, 0), episode, episode.reward, CPU)


def test_that_a_cover_of_no_frames_changes_nothing(small: Agent) -> None:
    result = cover(CoveredRequest(0, 0), scene(small))
    assert np.array_equal(result.dreamed, result.seen)
    np.testing.assert_allclose(result.kl, result.kl_seen, rtol=1e-5)


def test_that_covered_frames_have_no_kl_and_a_long_cover_leaves_a_frame_to_see(small: Agent) -> None:
    result = cover(CoveredRequest(0, 5), scene(small))
    assert np.flatnonzero(np.isnan(result.kl)).tolist() == list(range(SEEN, SEEN + 5))
    assert np.array_equal(result.dreamed[:SEEN], result.seen[:SEEN])
    assert not np.array_equal(result.dreamed[SEEN:], result.seen[SEEN:])
    assert cover(CoveredRequest(0, 50), scene(small)).opened == 19
    with pytest.raises(CannotAnswerError, match="only 9 frames"):
        cover(CoveredRequest(0, 5), scene(small, rows=9))


def test_that_the_targets_are_those_of_the_training(small: Agent) -> None:
    result = targets(LambdaRequest(0, 0.5), scene(small))
    reward, value = (torch.tensor(numbers)[:, None] for numbers in (result.reward, result.value))
    pcont = torch.full_like(reward, CONFIG.discount)
    expected = [lambda_return(reward, value, pcont, lam)[:, 0].numpy() for lam in (0.5, 0.0, 1.0)]
    assert len(result.images) == len(result.reward) == 6
    np.testing.assert_allclose([result.returns, result.short, result.long], expected, rtol=1e-5)
    np.testing.assert_allclose(result.short_without, result.reward[:-1], rtol=1e-5)


def test_that_the_dreams_of_held_actions_share_their_noise(small: Agent) -> None:
    result = hold(HeldRequest(0, 3), scene(small))
    assert result.action == 0  # the only dimension
    assert result.by_action > 0 and result.by_chance > 0
    assert len(result.held) == len(result.reward_held) == 15


def test_that_rewards_are_those_that_the_model_learns(small: Agent) -> None:
    result = predict_rewards(RewardRequest(0), scene(small))
    assert result.received.tolist() == list(range(20)) and result.predicted.shape == (20,)


def test_that_a_longer_horizon_leaves_the_value_model_less_weight(small: Agent) -> None:
    result = compare_horizons(HorizonRequest(0), scene(small))
    assert len(result.images) == len(result.target) == LONGEST and result.training == 6
    assert result.by_value[0] == 1 and (np.diff(result.by_value) < 0).all()
    lam, gamma = CONFIG.disclam, CONFIG.discount
    assert result.by_value[1] == pytest.approx(gamma)
    assert result.by_value[2] == pytest.approx(gamma * (1 - lam) + (gamma * lam) * gamma)


@torch.inference_mode()
def test_that_the_gradient_is_that_of_the_dream_on_show(small: Agent) -> None:
    result = follow_gradient(GradientRequest(0), scene(small))
    assert result.gradient.shape == result.action.shape == (6, 1) and len(result.images) == 6
    assert result.size.all()


def test_that_exploration_of_0_leaves_a_sample_and_1_changes_it(small: Agent) -> None:
    result = explore(ExplorationRequest(0, None), scene(small))
    assert result.amount == result.training == CONFIG.expl_amount and result.mode.shape == (20, 1)
    changes = [explore(ExplorationRequest(0, amount), scene(small)).change for amount in (0.0, 1.0)]
    assert 0 < changes[0] < changes[1] < 1


def test_that_the_dream_of_the_loop_is_the_same_each_time(small: Agent) -> None:
    first, second = (look(LoopRequest(0), scene(small)) for _ in range(2))
    assert np.array_equal(first.images, second.images) and (first.reward, first.value) == (second.reward, second.value)


@torch.inference_mode()
def test_that_improved_actions_raise_what_the_dream_promises(small: Agent) -> None:
    results = [improve(PromisesRequest(0, count), scene(small)) for count in (0, 10)]
    assert np.array_equal(results[0].policy, results[0].improved)
    assert np.array_equal(results[0].policy, results[1].policy)
    assert results[1].reward_improved.sum() != results[1].reward_policy.sum()
    assert (results[1].highest, results[1].episode_rows) == (19.0, 20)
