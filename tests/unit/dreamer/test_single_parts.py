"""Updates of a single part of the agent."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any

import pytest
import torch
from torch import Tensor

from dreamer_studio.dreamer import learner as plain
from dreamer_studio.dreamer.fast import Learner, make_agent
from dreamer_studio.dreamer.learner import PARTS, Part, PartOutput
from dreamer_studio.dreamer.noise import NoiseSource
from dreamer_studio.envs import build_config
from dreamer_studio.parts import result_of
from tests.support.batches import random_batch
from tests.support.remedies import ALL_REMEDIES

PHASES = {
    "model": ["world model", "world model gradient", "optimizers"],
    "actor": ["world model", "imagination", "behavior gradient", "optimizers"],
    "value": ["world model", "imagination", "behavior gradient", "optimizers"],
}


def make_learner(kind: type[plain.Learner] = Learner, **settings: Any) -> plain.Learner:
    config = build_config("dmc:walker-walk", "tiny", settings)
    agent = make_agent(config, 3, "continuous")
    agent.initialize(0)
    return kind(agent, config)


def train(learner: plain.Learner, seed: int, part: Part | None = None) -> PartOutput | None:
    """Make an update of a part, or of all; the same seed draws the same batch and noise."""
    batch = random_batch()
    noise = learner.draw_noise(batch, 4, NoiseSource(seed))
    if part is not None:
        return result_of(learner.update_part(part, batch, noise))
    result_of(learner.update(batch, noise))
    return None


def weights(learner: plain.Learner, parts: Sequence[Part] = PARTS) -> dict[Part, list[Tensor]]:
    return {part: [weight.detach().clone() for weight in learner.parameters[part]] for part in parts}


@pytest.mark.parametrize("kind", [plain.Learner, Learner])
@pytest.mark.parametrize("part", PARTS)
def test_that_an_update_of_a_part_trains_this_part_as_a_whole_update_does_and_no_other(
    kind: type[plain.Learner], part: Part
) -> None:
    whole, single = make_learner(kind, **ALL_REMEDIES), make_learner(kind, **ALL_REMEDIES)
    for learner in (whole, single):
        train(learner, 0)
    before, running = weights(single), {name: value.clone() for name, value in single.running.state_dict().items()}
    train(whole, 1)
    output = train(single, 1, part)
    assert output is not None and f"{part}_loss" in output.metrics() and f"{part}_grad_norm" in output.metrics()
    assert single.steps == {each: 2 if each == part else 1 for each in PARTS}
    after, expected = weights(single), weights(whole)
    for each in PARTS:
        for place, weight in enumerate(after[each]):
            if each == part:
                torch.testing.assert_close(weight, expected[each][place], rtol=1e-4, atol=1e-6)
            else:
                assert torch.equal(weight, before[each][place])
    assert any(not torch.equal(now, then) for now, then in zip(after[part], before[part], strict=True))
    now, theirs = single.running.state_dict(), whole.running.state_dict()
    moved = {name for name, value in now.items() if not torch.equal(value, running[name])}
    slow = {name for name in now if name.startswith("slow_value/")}
    assert moved == {"model": set(), "actor": {"return_range"}, "value": slow}[part]
    assert all(torch.allclose(now[name], theirs[name]) for name in moved)


def test_that_a_part_reports_its_phases_and_continues_from_a_checkpoint_with_its_own_count() -> None:
    learner = make_learner()
    batch = random_batch()
    for part in PARTS:
        noise = learner.draw_noise(batch, 4, NoiseSource(0))
        assert list(learner.update_part(part, batch, noise)) == PHASES[part]
    train(learner, 1, "actor")
    fresh = make_learner()
    fresh.agent.load_state_dict(learner.agent.state_dict())
    fresh.load_state_dict(copy.deepcopy(learner.state_dict()))
    assert fresh.steps == learner.steps == {"model": 1, "actor": 2, "value": 1}
    for each in (learner, fresh):
        train(each, 2)
    for name, value in learner.agent.state_dict().items():
        assert torch.equal(value, fresh.agent.state_dict()[name]), name


def test_that_an_update_of_a_part_with_infinite_numbers_changes_nothing() -> None:
    learner = make_learner()
    before, batch = weights(learner), random_batch()
    batch.reward[0, 1] = float("nan")
    output = result_of(learner.update_part("model", batch, learner.draw_noise(batch, 4, NoiseSource(0))))
    assert output.not_finite == ("model_loss", "model_grad_norm")
    assert learner.steps == dict.fromkeys(PARTS, 0)
    after = weights(learner)
    assert all(torch.equal(now, then) for part in PARTS for now, then in zip(after[part], before[part], strict=True))


def test_that_a_part_is_trained_without_compiled_code_if_that_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("no compiler")

    monkeypatch.setattr(torch, "compile", lambda _: broken)
    learner, expected = make_learner(compile=True), make_learner()
    for each in (learner, expected):
        train(each, 0, "value")
    assert isinstance(learner, Learner) and not learner.compiled
    for name, value in expected.agent.state_dict().items():
        assert torch.equal(value, learner.agent.state_dict()[name]), name
