"""Several futures of one frame, of a small agent."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from dreamer_studio.dreamer.noise import ActionKind
from dreamer_studio.dreams.action_plans import Chance, action_plans
from dreamer_studio.dreams.futures import futures
from tests.support.agents import Latents, random_states


@pytest.mark.parametrize("kind", ["continuous", "discrete"])
@pytest.mark.parametrize("policy", [1.0, 0.5, None])
def test_that_futures_with_the_same_chance_differ_only_by_their_actions(
    latents: Latents, kind: ActionKind, policy: float | None
) -> None:
    agent = latents.agent(kind)
    feat = random_states(agent, 1).feat[0]
    wanted = np.full((3, 6, 3), np.nan, np.float32)
    wanted[2, 1] = np.eye(3)[1]
    made = futures(agent, feat, wanted, Chance(1.0, policy, alike=True, seed=3), 0.95)
    torch.testing.assert_close(made.feat[:, 0], made.feat[:, 1])
    np.testing.assert_allclose(made.action[:1, 2], made.action[:1, 0], rtol=1e-5)
    np.testing.assert_array_equal(made.action[1, 2], wanted[2, 1])
    assert not torch.allclose(made.feat[-1, 0], made.feat[-1, 2])
    apart = futures(agent, feat, wanted, Chance(1.0, policy, alike=False, seed=3), 0.95)
    assert not torch.allclose(apart.feat[-1, 0], apart.feat[-1, 1])


def test_that_without_chance_the_latents_are_the_most_likely_of_the_prior(latents: Latents) -> None:
    agent = latents.agent()
    start = random_states(agent, 1)
    wanted = np.full((2, 4, 3), 0.25, np.float32)
    made = futures(agent, start.feat[0], wanted, Chance(0.0, None), 0.95)
    stoch = latents.most_likely(agent.prior_statistics(made.feat).mean)
    torch.testing.assert_close(made.feat[..., : agent.stoch_size], stoch)
    expected, _ = agent.roll_out(start, lambda *_: torch.full((1, 3), 0.25), torch.zeros(4, 1, agent.stoch_size))
    torch.testing.assert_close(made.feat, expected.feat.expand(-1, 2, -1))


def test_that_the_return_of_a_future_of_one_step_is_its_value(latents: Latents) -> None:
    agent = latents.agent()
    made = futures(agent, random_states(agent, 1).feat[0], np.full((1, 1, 3), np.nan, np.float32), Chance(), 0.95)
    np.testing.assert_allclose(made.returns, made.value[-1])


def test_that_action_plans_hold_an_action_for_some_steps_and_leave_the_rest_to_the_policy() -> None:
    taken = np.full((2, 2), 0.3, np.float32)
    found = action_plans(2, discrete=False, length=5, hold=3, taken=taken)
    assert [(course.what, course.row, course.value) for course in found] == [
        ("policy", -1, 0.0),
        ("taken", -1, 0.0),
        ("nothing", -1, 0.0),
        ("held", 0, -1.0),
        ("held", 0, 1.0),
        ("held", 1, -1.0),
        ("held", 1, 1.0),
    ]
    nan = np.nan
    np.testing.assert_allclose(found[1].actions, [[0.3] * 2] * 2 + [[nan] * 2] * 3, rtol=1e-6)
    np.testing.assert_array_equal(found[4].actions, [[1, 0]] * 3 + [[nan, nan]] * 2)
    choices = action_plans(3, discrete=True, length=2, hold=9, taken=taken[:0])
    assert [course.what for course in choices] == ["policy", "held", "held", "held"]
