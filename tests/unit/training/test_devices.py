"""What a GPU needs, as far as a machine without one can tell."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch

from dreamer_studio.bench.updates import now
from dreamer_studio.runs.checkpoint import Checkpoint, load_checkpoint
from dreamer_studio.runs.checkpoint_names import list_checkpoints
from dreamer_studio.runs.errors import CheckpointError
from dreamer_studio.runs.trained_agent import find_checkpoint, load_agent
from dreamer_studio.training.opening import choose_device
from tests.support.resuming import stop
from tests.support.toy import ToyWorld, run_until, toy_trainer


@pytest.mark.parametrize("name", ["auto", "cuda"])
def test_that_float32_on_a_gpu_is_float32_in_convolutions_too(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr(torch.backends.cudnn, "allow_tf32", True)
    assert choose_device("cpu").type == "cpu" and torch.backends.cudnn.allow_tf32
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    assert choose_device(name).type == "cuda"
    assert not torch.backends.cudnn.allow_tf32


def test_that_the_random_state_of_a_gpu_is_checked_where_there_is_one(
    world: ToyWorld, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trainer = toy_trainer(tmp_path)
    stop(trainer, run_until(trainer, 2))
    (path,) = list_checkpoints(trainer.folder.checkpoints)
    state = json.loads((path / "state.json").read_text())
    (path / "state.json").write_text(json.dumps({**state, "device": "cuda"}))
    assert find_checkpoint(trainer.folder, trainer.config).checkpoint is not None

    def refuse(device: str) -> object:
        assert device == "cuda"
        raise RuntimeError("RNG state is wrong size")

    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch, "Generator", refuse)
    with pytest.raises(CheckpointError, match="cannot be used: RNG state is wrong size"):
        find_checkpoint(trainer.folder, trainer.config)


def test_that_a_viewer_loads_only_the_weights_onto_its_device(
    world: ToyWorld, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trainer = toy_trainer(tmp_path)
    stop(trainer, run_until(trainer, 2))
    (path,) = list_checkpoints(trainer.folder.checkpoints)
    checkpoint = load_checkpoint(path, torch.device("meta"))
    assert {tensor.device.type for tensor in checkpoint.weights.values()} == {"meta"}
    assert {tensor.device.type for tensor in (*checkpoint.optimizers.values(), *checkpoint.tensors.values())} == {"cpu"}
    asked: list[torch.device] = []

    def noted(path: Path, device: torch.device) -> Checkpoint:
        asked.append(device)
        return load_checkpoint(path)

    monkeypatch.setattr("dreamer_studio.runs.trained_agent.load_checkpoint", noted)
    load_agent(trainer.folder, torch.device("cuda"))
    assert asked == [torch.device("cuda")]


def test_that_the_time_on_a_gpu_is_taken_after_its_work_has_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[str] = []
    monkeypatch.setattr(torch.cuda, "synchronize", lambda device: waited.append(str(device)))
    monkeypatch.setattr(torch.mps, "synchronize", lambda: waited.append("mps"))
    for name in ("cpu", "cuda", "mps"):
        now(torch.device(name))
    assert waited == ["cuda", "mps"]
