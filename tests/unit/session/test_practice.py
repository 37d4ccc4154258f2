"""The rollouts from which an update learned, offered on request."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from dreamer_studio.dreamer.batch import Batch
from dreamer_studio.dreamer.behavior import BehaviorOutput
from dreamer_studio.dreamer.fast import Learner, agent_of_weights, make_agent
from dreamer_studio.dreamer.learner import UpdateOutput
from dreamer_studio.dreamer.noise import NoiseSource
from dreamer_studio.envs import EnvSpec, build_config
from dreamer_studio.parts import result_of
from dreamer_studio.session import PracticeBox
from dreamer_studio.session.practice import FEW
from dreamer_studio.session.snapshot import Snapshot, take_snapshot
from tests.support.batches import random_batch

CONFIG = build_config("dmc:walker-walk", "tiny", {"precision": "float32"})
SPEC = EnvSpec("dmc:walker-walk", "continuous", 3, ("a", "b", "c"), 2, 1000, "", 0)
HORIZON = 4


def learn(batch: Batch) -> tuple[Snapshot, UpdateOutput]:
    """Make an update, and keep the weights before it."""
    agent = make_agent(CONFIG, 3, "continuous")
    agent.initialize(0)
    learner = Learner(agent, CONFIG)
    before = take_snapshot(agent, CONFIG, SPEC, 100, 6)
    return before, result_of(learner.update(batch, learner.draw_noise(batch, HORIZON, NoiseSource(1))))


@pytest.fixture
def learned() -> tuple[Snapshot, BehaviorOutput]:
    before, output = learn(random_batch())
    return before, output.behavior


def test_that_the_offered_rollouts_are_those_of_the_update_with_the_weights_that_imagined_them(
    learned: tuple[Snapshot, BehaviorOutput],
) -> None:
    before, behavior = learned
    box = PracticeBox()
    box.request()
    box.prepare(before)
    box.offer(behavior, 7)
    dreams = box.latest
    assert dreams is not None and not box.wanted
    assert (dreams.update, dreams.starts, dreams.snapshot.update) == (7, behavior.feat.shape[1], 6)
    places = [int((behavior.feat[0] == feat).all(-1).nonzero()[0]) for feat in dreams.feat[0]]
    assert len(set(places)) == FEW
    assert torch.equal(dreams.start, behavior.start.feat[places])
    for ours, theirs in (
        (dreams.feat, behavior.feat),
        (dreams.reward, behavior.reward),
        (dreams.value, behavior.value),
        (dreams.returns, behavior.returns),
        (dreams.weights, behavior.counted),
    ):
        assert torch.equal(ours, theirs[:, places]) and not ours.requires_grad
    agent = agent_of_weights(CONFIG, 3, "continuous", dreams.snapshot.weights)
    torch.testing.assert_close(agent.heads(dreams.feat).reward, dreams.reward)
    torch.testing.assert_close(agent.value(dreams.feat), dreams.value)
    box.offer(behavior, 8)  # its weights were not kept
    assert box.latest is dreams


def test_that_over_several_updates_the_rollouts_of_each_start_are_offered(
    learned: tuple[Snapshot, BehaviorOutput],
) -> None:
    before, behavior = learned
    box, offered = PracticeBox(), set()
    for update in range(7, 12):
        box.request()
        box.prepare(before)
        box.offer(behavior, update)
        assert box.latest is not None
        offered |= {tuple(feat.tolist()) for feat in box.latest.start}
    assert len(offered) == behavior.feat.shape[1] > FEW  # in the end each start had its turn


def test_that_rollouts_from_a_terminal_state_have_weight_zero() -> None:
    batch = random_batch()
    is_terminal = batch.is_terminal.clone()
    is_terminal[1, 2] = True
    behavior = learn(replace(batch, is_terminal=is_terminal))[1].behavior
    alive = ~is_terminal[:, : behavior.feat.shape[1] // len(is_terminal)].flatten()
    assert (~alive).sum() == 1
    assert torch.equal(behavior.counted[:, alive], behavior.weights[:, alive])
    assert (behavior.weights[:, ~alive] > 0).all() and (behavior.counted[:, ~alive] == 0).all()
