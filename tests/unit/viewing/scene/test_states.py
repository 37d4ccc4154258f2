"""Which states the workers keep for scenes, and for how long."""

from __future__ import annotations

import gc
import weakref

import pytest
import torch

from dreamer_studio.dreamer.agent import Agent
from dreamer_studio.dreamer.noise import NoiseSource
from dreamer_studio.viewing.scene.states import LatentsGoneError, SceneState, SceneStates
from tests.support.idle_session import agent


@pytest.fixture(scope="module")
def dreamer() -> Agent:
    return agent(1)


def state(dreamer: Agent, columns: int = 8) -> SceneState:
    """Return features that encode their column; the model saw the first three."""
    feat = torch.arange(float(columns)).unsqueeze(1).repeat(1, dreamer.feat_size)
    return SceneState(dreamer, NoiseSource(0), feat, dreamer.state_at(feat[:3]), 0.95)


def bytes_of(state: SceneState) -> int:
    return sum(part.nbytes for part in (state.feat, *state.posterior))


def test_that_a_reference_gives_its_state_cut_off_where_the_scene_is(dreamer: Agent) -> None:
    states, kept = SceneStates(), state(dreamer)
    latents = states.keep(kept)
    assert torch.equal(states.of(latents).feat, kept.feat)
    cut = states.of(latents.up_to(4))
    assert torch.equal(cut.feat, kept.feat[:5]) and len(cut.posterior.stoch) == 3
    assert len(states.of(latents.up_to(1)).posterior.stoch) == 2
    assert latents.up_to(4) == latents.up_to(4) != latents


def test_that_a_state_can_continue_from_where_another_was_cut_off(dreamer: Agent) -> None:
    states = SceneStates()
    latents = states.keep(state(dreamer))
    longer = states.keep(states.of(latents.up_to(1)).followed_by(torch.full((1, dreamer.feat_size), 7.0)))
    assert states.of(longer).feat[:, 0].tolist() == [0.0, 1.0, 7.0]
    assert longer.columns == 3


def test_that_the_tensors_are_freed_when_nobody_holds_the_reference(dreamer: Agent) -> None:
    states, kept = SceneStates(), state(dreamer)
    first, second = states.keep(kept), states.keep(state(dreamer))
    feat = weakref.ref(kept.feat)
    del kept
    part = first.up_to(2)  # a branch that left the scene
    del first
    gc.collect()
    assert len(states) == 2 and feat() is not None
    del part
    gc.collect()
    assert len(states) == 1 and feat() is None
    assert torch.equal(states.of(second).feat, state(dreamer).feat)


def test_that_weights_are_counted_once_for_each_agent(dreamer: Agent) -> None:
    states = SceneStates()
    weights = sum(weight.nbytes for weight in dreamer.parameters())
    kept = [states.keep(state(dreamer)) for _ in range(3)]
    assert states.nbytes == weights + 3 * bytes_of(state(dreamer))
    kept.append(states.keep(state(agent(2))))
    assert states.nbytes == 2 * weights + 4 * bytes_of(state(dreamer))


def test_that_beyond_the_memory_limit_the_least_recently_used_state_goes_and_its_error_says_what_to_do(
    dreamer: Agent,
) -> None:
    weights = sum(weight.nbytes for weight in dreamer.parameters())
    states = SceneStates(weights + 2 * bytes_of(state(dreamer)))
    first, second = states.keep(state(dreamer)), states.keep(state(dreamer))
    states.of(first)
    third = states.keep(state(dreamer))
    assert len(states) == 2
    with pytest.raises(LatentsGoneError, match="Press D to dream from here"):
        states.of(second)
    states.of(first), states.of(third)


def test_that_the_newest_state_is_kept_however_large_it_is(dreamer: Agent) -> None:
    states = SceneStates(1)
    first = states.keep(state(dreamer))
    assert len(states.of(first).feat) == 8
    second = states.keep(state(dreamer))
    assert len(states) == 1 and len(states.of(second).feat) == 8
