"""A scene: the context filtered, then dreamed on."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pytest
import torch

from dreamer_studio.dreamer.agent import Agent
from dreamer_studio.dreamer.noise import NoiseSource
from dreamer_studio.dreams.open_loop import open_loop
from dreamer_studio.dreams.scene import RecordedScene, roll_out_scene
from dreamer_studio.envs import build_config
from dreamer_studio.replay import Episode
from tests.support.agents import Latents

ROWS, CONTEXT, LENGTH = 9, 3, 12


@pytest.fixture(params=["continuous", "discrete"])
def agent(request: pytest.FixtureRequest, latents: Latents) -> Agent:
    kind: Literal["continuous", "discrete"] = request.param
    return latents.agent(kind, 2, build_config("gym:Any-v0", "tiny"))


@pytest.fixture
def scene(agent: Agent) -> RecordedScene:
    rng = np.random.default_rng(0)
    action = agent.random_action(ROWS, NoiseSource(3)).numpy()
    rows = Episode(
        rng.integers(0, 255, (ROWS, 64, 64, 3), dtype=np.uint8),
        action,
        rng.random(ROWS).astype(np.float32),
        np.ones(ROWS, np.float32),
        np.zeros(ROWS, np.bool_),
        np.ones(ROWS, np.int32),
    )
    return RecordedScene(rows, CONTEXT)


def test_that_recorded_actions_give_the_open_loop_prediction(agent: Agent, scene: RecordedScene) -> None:
    length = ROWS - CONTEXT
    made = roll_out_scene(agent, scene, length, "recorded", NoiseSource(7))
    noise = NoiseSource(7)
    drawn = agent.noise(noise, CONTEXT, 1), agent.noise(noise, length, 1)
    image, action = torch.from_numpy(scene.rows.image)[None], torch.from_numpy(scene.rows.action)[None]
    states = open_loop(agent, image, action, CONTEXT, *drawn)
    torch.testing.assert_close(made.feat, states.feat[0])
    np.testing.assert_array_equal(made.action, scene.rows.action)


def test_that_the_policy_takes_over_where_the_record_ends(agent: Agent, scene: RecordedScene) -> None:
    made = roll_out_scene(agent, scene, LENGTH, "recorded", NoiseSource(7))
    np.testing.assert_array_equal(made.action[:ROWS], scene.rows.action)
    assert len(made.action) == len(made.reward) == len(made.value) == len(made.entropy) == CONTEXT + LENGTH
    assert np.isfinite(made.action).all()
    assert np.isfinite(made.entropy).all()
    assert np.isfinite(made.kl[:CONTEXT]).all()
    assert np.isnan(made.kl[CONTEXT:]).all()


def test_that_frames_and_actions_after_the_context_do_not_affect_a_dream_by_the_policy(
    agent: Agent, scene: RecordedScene
) -> None:
    made = roll_out_scene(agent, scene, LENGTH, "mode", NoiseSource(7))
    scene.rows.image[CONTEXT:] = 0
    scene.rows.action[CONTEXT:] = 0
    again = roll_out_scene(agent, scene, LENGTH, "mode", NoiseSource(7))
    torch.testing.assert_close(made.feat, again.feat, rtol=0, atol=0)
    other = roll_out_scene(agent, scene, LENGTH, "mode", NoiseSource(8))
    assert not torch.equal(made.feat[-1], other.feat[-1])


def test_that_the_chance_of_an_end_is_the_missing_share_of_the_discount(agent: Agent, scene: RecordedScene) -> None:
    made = roll_out_scene(agent, scene, LENGTH, "mode", NoiseSource(7))
    discount = agent.heads(made.feat).pcont.double().numpy()
    assert agent.world_model.pcont is not None and discount.std() > 0
    np.testing.assert_allclose(made.ending, np.clip(1 - discount / 0.99, 0, 1), atol=1e-5)


def test_that_a_model_without_a_head_for_the_end_predicts_none(latents: Latents) -> None:
    agent = latents.agent(config=build_config("gym:Any-v0", "tiny", {"pcont": False}))
    feat = torch.zeros(4, agent.feat_size)
    assert agent.ending(agent.heads(feat).pcont).isnan().all()
