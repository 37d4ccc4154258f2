"""Remedies in a run: what they carry from update to update survives a stop, and a damaged checkpoint is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import numpy as np
import pytest
import torch

from dreamer_studio.config import options
from dreamer_studio.dreamer.entropy_bounds import entropy_bounds
from dreamer_studio.dreamer.noise import NoiseSource
from dreamer_studio.dreams.dream import decode, dream
from dreamer_studio.runs.checkpoint import load_checkpoint
from dreamer_studio.runs.checkpoint_names import list_checkpoints
from dreamer_studio.runs.errors import CheckpointError
from dreamer_studio.runs.soundness import check_checkpoint
from dreamer_studio.session.snapshot import take_snapshot
from dreamer_studio.trust.judging import judge
from dreamer_studio.trust.seen import HeldOut
from dreamer_studio.viewing.weights import agent_of
from tests.support.remedies import ALL_REMEDIES
from tests.support.resuming import assert_same
from tests.support.small_runs import CPU
from tests.support.toy import ToyWorld, finish, run_until, toy_config, toy_trainer


def test_that_the_tests_switch_every_remedy_on() -> None:
    others = {"return_decay", "return_limit", "prior_free_nats", "posterior_free_nats"}
    assert {option.name for option in options() if option.section == "remedies"} - others == set(ALL_REMEDIES)
    assert all(getattr(toy_config(), name) != value for name, value in ALL_REMEDIES.items())


@pytest.mark.parametrize("kind", ["continuous", "discrete"])
def test_that_a_stop_with_every_remedy_on_changes_no_number(
    world: ToyWorld, tmp_path: Path, kind: Literal["continuous", "discrete"]
) -> None:
    world.kind = kind
    straight = finish(toy_trainer(tmp_path / "straight", **ALL_REMEDIES))
    stopped = toy_trainer(tmp_path / "stopped", **ALL_REMEDIES)
    run_until(stopped, 2)
    stopped.save()
    stopped.close()
    resumed = finish(toy_trainer(tmp_path / "stopped"))
    assert_same(resumed, straight)
    carried, expected = (trainer.updating.learner.running.state_dict() for trainer in (resumed, straight))
    assert carried and carried.keys() == expected.keys()
    assert all(torch.equal(value, expected[name]) for name, value in carried.items())
    losses = [value for row in resumed.log.rows for name, value in row.items() if name.endswith(("loss", "norm"))]
    assert losses and np.isfinite(losses).all()


@pytest.mark.parametrize("kind", ["continuous", "discrete"])
def test_that_an_agent_with_every_remedy_acts_dreams_and_can_be_judged(
    world: ToyWorld, tmp_path: Path, kind: Literal["continuous", "discrete"]
) -> None:
    world.kind = kind
    trainer = toy_trainer(tmp_path, **ALL_REMEDIES)
    run_until(trainer, 2)
    snapshot = take_snapshot(trainer.agent, trainer.config, trainer.spec, 0, 2)
    trainer.close()
    agent, noise = agent_of(snapshot), NoiseSource(0)
    imagined = dream(agent, agent.initial(3), 4, noise)
    assert decode(agent, imagined.states.feat).shape == (4, 3, 64, 64, 3)
    torch.testing.assert_close(agent.heads(imagined.states.feat).reward, imagined.reward)
    assert imagined.action.abs().max() <= 1
    assert imagined.reward.isfinite().all() and imagined.value.isfinite().all()
    _, most = entropy_bounds(trainer.config, kind, 2)
    assert agent.entropy(imagined.states.feat[0], noise).max() <= most + 1e-5
    held = [HeldOut(trainer.store.get(number), "sample") for number in range(len(trainer.store))]
    judgment = judge(agent, held, trainer.config, CPU)
    assert 0 < judgment.gauges["policy"].details["entropy"].value <= 1 + 1e-5


@pytest.mark.parametrize("name", ["running/slow_value/hout.bias", "running/return_range"])
def test_that_a_checkpoint_whose_carried_values_do_not_fit_is_refused(
    name: str, world: ToyWorld, tmp_path: Path
) -> None:
    trainer = finish(toy_trainer(tmp_path, **ALL_REMEDIES))
    checkpoint = load_checkpoint(list_checkpoints(trainer.folder.checkpoints)[-1])
    check_checkpoint("whole", checkpoint, trainer.config)
    checkpoint.tensors[name] = torch.zeros(2, 7)
    with pytest.raises(CheckpointError, match="not those of this configuration"):
        check_checkpoint("odd", checkpoint, trainer.config)


def test_that_a_checkpoint_with_a_part_of_the_slow_target_is_refused(world: ToyWorld, tmp_path: Path) -> None:
    trainer = finish(toy_trainer(tmp_path, **ALL_REMEDIES))
    checkpoint = load_checkpoint(list_checkpoints(trainer.folder.checkpoints)[-1])
    del checkpoint.tensors["running/slow_value/h0.weight"]
    with pytest.raises(CheckpointError, match="not those of this configuration"):
        check_checkpoint("torn", checkpoint, trainer.config)
