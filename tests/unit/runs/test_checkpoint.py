"""Checkpoints on disk: complete or absent, few, and without pickle."""

from pathlib import Path

import pytest
import torch

from dreamer_studio.runs import checkpoint as checkpoint_module
from dreamer_studio.runs.checkpoint import Checkpoint, load_checkpoint, save_checkpoint
from dreamer_studio.runs.checkpoint_names import list_checkpoints
from dreamer_studio.runs.errors import CheckpointError
from tests.support.episodes import grown, make_episode, same


def make_checkpoint(value: float = 1.0) -> Checkpoint:
    tensors = {"a": torch.full((3,), value)}
    return Checkpoint(
        tensors, {}, {"noise": torch.arange(4, dtype=torch.uint8)}, {"n": 2**100}, grown(make_episode(0, 20))
    )


def test_that_a_checkpoint_is_loaded_as_it_was_saved(tmp_path: Path) -> None:
    loaded = load_checkpoint(save_checkpoint(tmp_path, make_checkpoint(0.1), 5, 2))
    expected = make_checkpoint(0.1)
    assert torch.equal(loaded.weights["a"], expected.weights["a"])
    assert torch.equal(loaded.tensors["noise"], expected.tensors["noise"])
    assert loaded.state == expected.state
    assert loaded.optimizers == {}
    assert loaded.episode is not None and same(loaded.episode.read(0, 20), make_episode(0, 20))


@pytest.mark.parametrize("failing", ["save", "sync"])
def test_that_a_failed_write_leaves_the_older_ones_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: str
) -> None:
    whole = save_checkpoint(tmp_path, make_checkpoint(), 5, 2)
    original, calls = getattr(checkpoint_module, failing), []

    def full_disk(*arguments: object) -> object:
        calls.append(arguments)
        if len(calls) == 2:
            raise OSError("No space left on device")
        return original(*arguments)

    monkeypatch.setattr(checkpoint_module, failing, full_disk)
    with pytest.raises(OSError, match="No space"):
        save_checkpoint(tmp_path, make_checkpoint(2.0), 6, 3)
    assert list(tmp_path.iterdir()) == [whole]
    assert load_checkpoint(whole).weights["a"].tolist() == [1.0] * 3


def test_that_the_three_newest_and_each_tenth_are_kept(tmp_path: Path) -> None:
    for number in range(24):
        save_checkpoint(tmp_path, make_checkpoint(), number, number)
    kept = [int(path.name[:6]) for path in list_checkpoints(tmp_path)]
    assert kept == [0, 10, 20, 21, 22, 23]
    assert len(list(tmp_path.iterdir())) == 6


def test_that_a_checkpoint_has_only_kinds_of_files_that_run_no_code(tmp_path: Path) -> None:
    path = save_checkpoint(tmp_path, make_checkpoint(), 5, 2)
    assert {file.suffix for file in path.iterdir()} == {".safetensors", ".json", ".zst"}


def test_that_tensors_that_share_memory_can_be_saved(tmp_path: Path) -> None:
    whole = torch.arange(6.0).reshape(1, 6)
    first, second = whole.chunk(2, -1)
    tensors = {"first": first, "second": second}
    loaded = load_checkpoint(save_checkpoint(tmp_path, Checkpoint({}, {}, tensors, {}, None), 0, 0))
    assert loaded.tensors["second"].tolist() == [[3.0, 4.0, 5.0]]


@pytest.mark.parametrize(
    "name", ["weights.safetensors", "optimizers.safetensors", "state.safetensors", "state.json", "episode.npy.zst"]
)
def test_that_a_damaged_checkpoint_is_named(tmp_path: Path, name: str) -> None:
    path = save_checkpoint(tmp_path, make_checkpoint(), 5, 2)
    (path / name).write_bytes((path / name).read_bytes()[:-9])
    with pytest.raises(CheckpointError, match=path.name):
        load_checkpoint(path)


def test_that_loaded_weights_stay_as_they_are_when_their_file_changes(tmp_path: Path) -> None:
    path = save_checkpoint(tmp_path, make_checkpoint(0.1), 5, 2)
    loaded = load_checkpoint(path)
    before = {name: value.clone() for name, value in loaded.weights.items()}
    weights = path / "weights.safetensors"
    with weights.open("r+b") as file:
        file.write(b"\xff" * weights.stat().st_size)
    assert all(torch.equal(loaded.weights[name], value) for name, value in before.items())


def test_that_unfinished_and_foreign_folders_are_not_taken_for_checkpoints(tmp_path: Path) -> None:
    for name in (".000001-step-1-update-1.tmp", "best-step-1-update-1", "000002-step-5-update-2"):
        (tmp_path / name).mkdir()
    assert [path.name for path in list_checkpoints(tmp_path)] == ["000002-step-5-update-2"]
