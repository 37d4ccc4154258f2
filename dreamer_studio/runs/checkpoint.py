"""Checkpoints: folders of safetensors and JSON, never pickle, that appear whole or not at all."""

from __future__ import annotations

import contextlib
import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load, save
from torch import Tensor

from dreamer_studio.files import UNFINISHED, check_file, read_small, sync
from dreamer_studio.replay import GrowingEpisode, ReplayError, read_growing
from dreamer_studio.runs.best import TEST_FILE, find_best, pack_returns, read_returns
from dreamer_studio.runs.checkpoint_names import list_checkpoints, number_of
from dreamer_studio.runs.errors import CheckpointError
from dreamer_studio.texts import reason_of

MOST_STATE_BYTES = 2**20
MOST_TENSOR_BYTES = 2**34
MOST_HEADER_BYTES = 2**22

POSTERIOR = "belief/"
"""Prefix of the names of the posterior's tensors. It is part of the file format."""

RUNNING = "running/"
"""Prefix of the names of the tensors that remedies carry from one update to the next."""


@dataclass(frozen=True, eq=False)
class Checkpoint:
    """Everything that a training needs to continue, except the replay.

    Attributes:
        weights: the agent's parameters, by name.
        optimizers: the state of the optimizers, flattened to ``part/parameter/name``.
        tensors: other tensors: the random state of the noise, the posterior, and the values that remedies carry.
        state: everything else, as JSON: counters, the random state of the batches, the environment's spec.
        episode: the episode that was running, or None.
        returns: of the newest test that these weights played; empty if they played none.
    """

    weights: dict[str, Tensor]
    optimizers: dict[str, Tensor]
    tensors: dict[str, Tensor]
    state: dict[str, Any]
    episode: GrowingEpisode | None
    returns: tuple[float, ...] = ()


def save_checkpoint(
    folder: Path,
    checkpoint: Checkpoint,
    step: int,
    update: int,
    *,
    newest: int = 3,
    each: int = 10,
    check: Callable[[], None] = lambda: None,
) -> Path:
    """Write a checkpoint under `folder`, and delete old ones: the `newest`, every `each`-th and the best stay.

    The test on record is a part of the checkpoint, so no checkpoint can be the best before it is whole. `check` is
    called before the checkpoint gets its name; what it raises prevents that.

    Raises:
        OSError: it could not be written, or the folder is gone; nothing incomplete stays behind.
    """
    number = max((number_of(path) for path in list_checkpoints(folder)), default=-1) + 1
    target = folder / f"{number:06d}-step-{step}-update-{update}"
    temporary = folder / f".{target.name}{UNFINISHED}"
    for unfinished in folder.glob(f".*{UNFINISHED}"):  # by a process that was killed while it saved
        shutil.rmtree(unfinished, ignore_errors=True)
    try:  # not written by safetensors, whose errors do not say that the disk is full
        temporary.mkdir()
        (temporary / "weights.safetensors").write_bytes(save(_plain(checkpoint.weights)))
        (temporary / "optimizers.safetensors").write_bytes(save(_plain(checkpoint.optimizers)))
        (temporary / "state.safetensors").write_bytes(save(_plain(checkpoint.tensors)))
        (temporary / "state.json").write_text(json.dumps(checkpoint.state, indent=2) + "\n", encoding="utf-8")
        if checkpoint.returns:
            (temporary / TEST_FILE).write_bytes(pack_returns(checkpoint.returns))
        if checkpoint.episode is not None:
            (temporary / "episode.npy.zst").write_bytes(checkpoint.episode.pack(with_states=False))
        for path in (*temporary.iterdir(), temporary):
            sync(path)
        check()
        temporary.rename(target)
        sync(folder)
    except BaseException:
        shutil.rmtree(temporary, ignore_errors=True)
        raise
    _prune(folder, newest, each)
    return target


def load_checkpoint(path: Path, device: torch.device | str = "cpu") -> Checkpoint:
    """Read a checkpoint that `save_checkpoint` wrote. Only the weights go to `device`; viewers need nothing else there.

    Raises:
        CheckpointError: a part is missing or damaged.
    """
    try:
        if path.is_symlink():
            raise ValueError("it is a link, which could lead out of the run")
        state = json.loads(read_small(path / "state.json", MOST_STATE_BYTES))
        if not isinstance(state, dict):
            raise ValueError("state.json does not hold the state of a training")
        episode_file = path / "episode.npy.zst"
        return Checkpoint(
            weights=_read_tensors(path / "weights.safetensors", device),
            optimizers=_read_tensors(path / "optimizers.safetensors", "cpu"),
            tensors=_read_tensors(path / "state.safetensors", "cpu"),
            state=state,
            episode=read_growing(episode_file) if episode_file.exists() else None,
            returns=read_returns(path),
        )
    except ReplayError as error:
        raise CheckpointError(f"checkpoint {path.name} cannot be read: {error}") from error.__cause__
    except (OSError, ValueError, RecursionError, MemoryError, SafetensorError) as error:
        raise CheckpointError(f"checkpoint {path.name} cannot be read: {reason_of(error)}") from error


def _read_tensors(path: Path, device: torch.device | str) -> dict[str, Tensor]:
    """Read a safetensors file. Refuse a long header; the library checks all other sizes against the file's.

    The file is not mapped: if a copying program or a file server shortens a mapped file, the process ends at once. The
    tensors are copies, because at the odd addresses of the library's tensors matrix products round differently, so the
    model would not act exactly like the one in training.
    """
    check_file(path, MOST_TENSOR_BYTES)
    with path.open("rb") as file:
        header = file.read(8)
        if (size := int.from_bytes(header, "little")) > MOST_HEADER_BYTES:
            raise ValueError(f"{path.name} has a header of {size:,} bytes")
        tensors = load(header + file.read())
    return {name: tensor.to(device, copy=True) for name, tensor in tensors.items()}


def flatten_optimizers(states: dict[str, Any]) -> dict[str, Tensor]:
    """Return Adam's state dictionaries as one dictionary of tensors, without settings: the configuration has them."""
    return {
        f"{part}/{index}/{name}": value
        for part, state in states.items()
        for index, entry in state["state"].items()
        for name, value in entry.items()
    }


def unflatten_optimizers(flat: dict[str, Tensor], fresh: dict[str, Any]) -> dict[str, Any]:
    """Invert `flatten_optimizers`; everything else comes from the state dictionaries of `fresh` optimizers."""
    states: dict[str, Any] = {part: {**state, "state": {}} for part, state in fresh.items()}
    for key, value in flat.items():
        part, index, name = key.split("/")
        states[part]["state"].setdefault(int(index), {})[name] = value
    return states


def _plain(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    return {name: value.detach().cpu().contiguous() for name, value in tensors.items()}


def _prune(folder: Path, newest: int, each: int) -> None:
    whole = list_checkpoints(folder)
    best = find_best(whole)
    for path in whole[:-newest]:
        if (not each or number_of(path) % each) and (best is None or path != best.path):
            going = path.with_name(f".{path.name}{UNFINISHED}")  # nobody may see a checkpoint that lacks a part
            with contextlib.suppress(OSError):
                path.rename(going)
            shutil.rmtree(going, ignore_errors=True)
