"""Inspecting, editing and mapping latents."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from dreamer_studio.dreamer.agent import Agent
from dreamer_studio.dreamer.noise import NoiseSource
from dreamer_studio.dreams.dream import decode, dream
from dreamer_studio.dreams.latent_map import PosteriorFilter, principal_axes
from dreamer_studio.dreams.latents import dimensions, dream_on, edit
from dreamer_studio.dreams.scene import RecordedScene, SceneRollout, roll_out_scene
from tests.support.agents import Latents
from tests.support.episodes import make_episode

CONTEXT, LENGTH = 4, 6


@pytest.fixture
def agent(latents: Latents) -> Agent:
    return latents.agent("continuous", 2)


@pytest.fixture
def scene(agent: Agent) -> SceneRollout:
    return roll_out_scene(agent, RecordedScene(make_episode(1, 8), CONTEXT), LENGTH, "sample", NoiseSource(5))


def test_that_the_kls_of_the_dimensions_add_up_to_the_kl_of_each_seen_frame(agent: Agent, scene: SceneRollout) -> None:
    known = dimensions(agent, scene.feat, scene.posterior)
    assert known.kl.shape == known.mean.shape == (CONTEXT, agent.stoch_size)
    np.testing.assert_allclose(known.kl.sum(-1), scene.kl[:CONTEXT], rtol=1e-4)
    np.testing.assert_array_equal(known.mean, scene.posterior.statistics().mean.detach())
    np.testing.assert_allclose(known.prior_std, agent.prior_statistics(scene.feat).std)
    np.testing.assert_array_equal(known.sample, scene.feat[:, : known.sample.shape[1]])
    assert known.prior_mean.shape == known.sample.shape == (CONTEXT + LENGTH, known.mean.shape[1])


def test_that_an_edit_changes_only_the_edited_dimension(agent: Agent, scene: SceneRollout) -> None:
    column, nothing = 5, np.full(agent.stoch_size, np.nan)
    same = edit(agent, scene.feat[column], nothing)
    assert torch.equal(same.feat, scene.feat[column])
    np.testing.assert_array_equal(same.image, decode(agent, scene.feat[column : column + 1])[0])
    assert (same.reward, same.value) == pytest.approx((scene.reward[column], scene.value[column]), abs=1e-6)
    wanted = nothing.copy()
    wanted[2] = 2.5
    other = edit(agent, scene.feat[column], wanted)
    assert (other.feat != scene.feat[column]).nonzero().flatten().tolist() == [2]
    assert float(other.feat[2].detach()) == 2.5
    assert other.reward != same.reward and other.value != same.value


def test_that_dreaming_on_is_the_rollout_that_training_learns_from(agent: Agent, scene: SceneRollout) -> None:
    feat = scene.feat[CONTEXT]
    continued = dream_on(agent, feat, LENGTH, NoiseSource(6), "sample")
    expected = dream(agent, agent.state_at(feat.unsqueeze(0)), LENGTH, NoiseSource(6))
    assert torch.equal(continued.feat, expected.states.feat[:, 0])
    np.testing.assert_array_equal(continued.action, expected.action[:, 0])
    np.testing.assert_allclose(continued.reward[1:], expected.reward[:, 0], atol=1e-6)
    assert (continued.reward[0], continued.value[0]) == pytest.approx((scene.reward[CONTEXT], scene.value[CONTEXT]))


def test_that_filtering_an_episode_in_pieces_equals_filtering_it_at_once(agent: Agent) -> None:
    rows = make_episode(2, 11)
    posteriors = PosteriorFilter(agent, NoiseSource(7))
    for part in (slice(0, 4), slice(4, 5), slice(5, 11)):
        posteriors.add(rows.image[part], rows.action[part])
    noise = torch.stack([agent.noise(source, 1) for source in [NoiseSource(7)] for _ in range(11)])
    whole = agent.filter(torch.from_numpy(rows.image)[None], torch.from_numpy(rows.action)[None], noise)
    assert posteriors.rows == 11
    torch.testing.assert_close(posteriors.feat, whole.feat[0])


def test_that_the_axes_of_the_map_are_the_two_directions_of_greatest_variance() -> None:
    feat = NoiseSource(8).normal(50, 7) * torch.tensor([0.1, 3.0, 0.2, 0.3, 2.0, 0.1, 0.1]) + 4
    axes = principal_axes(feat)
    centered = feat - feat.mean(0)
    _, singular, vectors = torch.linalg.svd(centered, full_matrices=False)
    share = singular.square() / singular.square().sum()
    assert axes.share == pytest.approx(tuple(share[:2].tolist()), abs=1e-5)
    torch.testing.assert_close(axes.directions.T.abs(), vectors[:2].abs(), rtol=1e-3, atol=1e-4)
    np.testing.assert_allclose(axes.place(feat), centered @ axes.directions, atol=1e-5)
    few = principal_axes(feat[:1])  # an episode that has just begun
    assert few.share == (0.0, 0.0) and np.isfinite(few.place(feat)).all()
