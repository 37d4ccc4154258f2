"""Remedies in a run: what they carry from update to update survives a stop, and a damaged checkpoint is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

from dreamer_studio.runs.checkpoint import load_checkpoint
from dreamer_studio.runs.checkpoint_names import list_checkpoints
from dreamer_studio.runs.errors import CheckpointError
from dreamer_studio.runs.soundness import check_checkpoint
from tests.support.resuming import assert_same
from tests.support.toy import ToyWorld, finish, run_until, toy_trainer

ALL_ON: dict[str, Any] = {
    "slow_target": 0.5,
    "norm_returns": True,
    "entropy_scale": 1e-3,
    "action_dist": "bounded_normal",
    "prior_kl_scale": 1.0,
    "posterior_kl_scale": 0.1,
    "symlog": True,
    "image_scale": 0.5,
    "imagine_every": 2,
}


def test_that_a_stop_with_every_remedy_on_changes_no_number(world: ToyWorld, tmp_path: Path) -> None:
    straight = finish(toy_trainer(tmp_path / "straight", **ALL_ON))
    stopped = toy_trainer(tmp_path / "stopped", **ALL_ON)
    run_until(stopped, 3)
    stopped.save()
    stopped.close()
    resumed = finish(toy_trainer(tmp_path / "stopped"))
    assert_same(resumed, straight)
    carried, expected = (trainer.updating.learner.running.state_dict() for trainer in (resumed, straight))
    assert carried and carried.keys() == expected.keys()
    assert all(torch.equal(value, expected[name]) for name, value in carried.items())


@pytest.mark.parametrize("name", ["running/slow_value/hout.bias", "running/return_range"])
def test_that_a_checkpoint_whose_carried_values_do_not_fit_is_refused(
    name: str, world: ToyWorld, tmp_path: Path
) -> None:
    trainer = finish(toy_trainer(tmp_path, **ALL_ON))
    checkpoint = load_checkpoint(list_checkpoints(trainer.folder.checkpoints)[-1])
    check_checkpoint("whole", checkpoint, trainer.config)
    checkpoint.tensors[name] = torch.zeros(2, 7)
    with pytest.raises(CheckpointError, match="not those of this configuration"):
        check_checkpoint("odd", checkpoint, trainer.config)


def test_that_a_checkpoint_with_a_part_of_the_slow_target_is_refused(world: ToyWorld, tmp_path: Path) -> None:
    trainer = finish(toy_trainer(tmp_path, **ALL_ON))
    checkpoint = load_checkpoint(list_checkpoints(trainer.folder.checkpoints)[-1])
    del checkpoint.tensors["running/slow_value/h0.weight"]
    with pytest.raises(CheckpointError, match="not those of this configuration"):
        check_checkpoint("torn", checkpoint, trainer.config)
