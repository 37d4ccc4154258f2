"""An update and an agent step read no number from the device, as far as a CPU can tell.

On a GPU, each such read waits until all work before it has ended. An update reads twice, on purpose: for the check of
its numbers and for its metrics; both copy a whole tensor. A CPU alone checks the range of one-hot actions and of
quantiles, and reads a number for that: one-hot actions are left out, and `norm_returns` has a test of its own.
"""

from __future__ import annotations

import traceback
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode

from dreamer_studio.bench.updates import made_up_batch
from dreamer_studio.dreamer.batch import Batch
from dreamer_studio.dreamer.fast import Learner, make_agent
from dreamer_studio.dreamer.noise import NoiseSource
from dreamer_studio.envs import build_config
from dreamer_studio.parts import result_of
from tests.support.new_runs import SPEC, TASK

READS = {"aten::_local_scalar_dense", "aten::nonzero", "aten::masked_select", "aten::equal", "aten::lift_fresh"}
"""Operations that read a number, or that copy one from the host."""

REMEDIES: dict[str, Any] = {
    "slow_target": 0.98,
    "entropy_scale": 1e-3,
    "prior_kl_scale": 1.0,
    "posterior_kl_scale": 0.1,
    "symlog": True,
    "layer_norm": True,
}


class Reads(TorchDispatchMode):
    """Collects the lines of the program that read a number from a tensor."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def __torch_dispatch__(self, function: Any, types: Sequence[Any], args: Any = (), kwargs: Any = None) -> Any:
        name = function._schema.name
        if name in READS or (name == "aten::index" and _by_mask(args[1])):
            ours = [frame for frame in traceback.extract_stack() if "dreamer_studio" in frame.filename]
            self.lines.append(f"{name} {ours[-1].filename}:{ours[-1].lineno}" if ours else name)
        return function(*args, **(kwargs or {}))


def _by_mask(indices: Sequence[torch.Tensor | None]) -> bool:
    return any(index is not None and index.dtype == torch.bool for index in indices)


@pytest.mark.parametrize("settings", [{}, {"pcont": True}, REMEDIES], ids=["paper", "pcont", "remedies"])
def test_that_an_update_and_an_agent_step_read_no_number_from_the_device(settings: Mapping[str, Any]) -> None:
    learner, batch = _learner_and_batch(settings)
    agent, noise = learner.agent, NoiseSource(0)
    with Reads() as reads:
        result_of(learner.update(batch, learner.draw_noise(batch, learner.config.horizon, noise)))
        state = agent.observe(None, batch.action[:1, 0], batch.image[:1, 0], noise)
        agent.explore(agent.act(state.feat, noise), 0.3, noise)
    assert reads.lines == []


def test_that_normalizing_returns_copies_nothing_from_the_host() -> None:
    learner, batch = _learner_and_batch({"norm_returns": True})
    with Reads() as reads:
        result_of(learner.update(batch, learner.draw_noise(batch, learner.config.horizon, NoiseSource(0))))
    assert [line for line in reads.lines if line.startswith("aten::lift_fresh")] == []


def _learner_and_batch(settings: Mapping[str, Any]) -> tuple[Learner, Batch]:
    config = build_config(TASK, "tiny", {"precision": "float32", "batch_size": 2, "batch_length": 4, **settings})
    agent = make_agent(config, SPEC.action_size, "continuous")
    agent.initialize(0)
    return Learner(agent, config), made_up_batch(config, SPEC, torch.device("cpu"))


def test_that_a_read_is_found() -> None:
    values = torch.arange(3.0)
    with Reads() as reads:
        values.sum().item()
        values[values > 1]
        values.new_tensor([1.0])
    assert [line.partition(" ")[0] for line in reads.lines] == [
        "aten::_local_scalar_dense",
        "aten::index",
        "aten::lift_fresh",
    ]
