"""Checkpoints: safetensors and JSON, never pickle, each a folder that appears whole or not at all."""

from __future__ import annotations

import json
import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor

from dreamer_studio.replay import Episode, ReplayError, read_episode, write_episode
from dreamer_studio.training.errors import CheckpointError

KEEP_NEWEST = 3
KEEP_EACH = 10

_NAME = re.compile(r"(?P<number>\d{6})-step-(?P<step>\d+)-update-(?P<update>\d+)")


@dataclass(frozen=True, eq=False)
class Checkpoint:
    """Everything a training needs to go on.

    Attributes:
        weights: the agent's parameters by name.
        optimizers: their state, flattened to ``part/parameter/name``.
        tensors: anything else that is a tensor: random states, the policy's belief.
        state: anything else that is JSON: counters, random states, the action size and kind.
        episode: the episode that was running, or None.
    """

    weights: dict[str, Tensor]
    optimizers: dict[str, Tensor]
    tensors: dict[str, Tensor]
    state: dict[str, Any]
    episode: Episode | None


def save_checkpoint(folder: Path, checkpoint: Checkpoint, step: int, update: int) -> Path:
    """Write a checkpoint under `folder` and drop old ones: the 3 newest and each 10th stay.

    Raises:
        OSError: it could not be written; nothing half is left behind.
    """
    folder.mkdir(parents=True, exist_ok=True)
    number = max((_number(path) for path in list_checkpoints(folder)), default=-1) + 1
    target = folder / f"{number:06d}-step-{step}-update-{update}"
    temporary = folder / f".{target.name}.tmp"
    for unfinished in folder.glob(".*.tmp"):  # of a process that was killed while it saved
        shutil.rmtree(unfinished, ignore_errors=True)
    try:
        temporary.mkdir()
        save_file(_plain(checkpoint.weights), temporary / "weights.safetensors")
        save_file(_plain(checkpoint.optimizers), temporary / "optimizers.safetensors")
        save_file(_plain(checkpoint.tensors), temporary / "state.safetensors")
        (temporary / "state.json").write_text(json.dumps(checkpoint.state, indent=2) + "\n", encoding="utf-8")
        if checkpoint.episode is not None:
            write_episode(temporary / "episode.npy.zst", checkpoint.episode)
        for path in (*temporary.iterdir(), temporary):
            _sync(path)
        temporary.rename(target)
        _sync(folder)
    except BaseException:
        shutil.rmtree(temporary, ignore_errors=True)
        raise
    _prune(folder)
    return target


def load_checkpoint(path: Path, device: torch.device | str = "cpu") -> Checkpoint:
    """Read what `save_checkpoint` wrote.

    Raises:
        CheckpointError: something is missing or damaged.
    """
    try:
        state = json.loads((path / "state.json").read_text(encoding="utf-8"))
        episode_file = path / "episode.npy.zst"
        return Checkpoint(
            weights=load_file(path / "weights.safetensors", str(device)),
            optimizers=load_file(path / "optimizers.safetensors", str(device)),
            tensors=load_file(path / "state.safetensors"),
            state=state,
            episode=read_episode(episode_file) if episode_file.exists() else None,
        )
    except (OSError, ValueError, SafetensorError, ReplayError) as error:
        raise CheckpointError(f"checkpoint {path.name} cannot be read: {error}") from error


def list_checkpoints(folder: Path) -> list[Path]:
    """Whole checkpoints, oldest first."""
    return sorted((path for path in folder.glob("*-step-*") if _NAME.fullmatch(path.name)), key=_number)


def flatten_optimizers(states: dict[str, Any]) -> dict[str, Tensor]:
    """Adam's state dictionaries as one of tensors; what the configuration says anyway is left out."""
    return {
        f"{part}/{index}/{name}": value
        for part, state in states.items()
        for index, entry in state["state"].items()
        for name, value in entry.items()
    }


def unflatten_optimizers(flat: dict[str, Tensor], fresh: dict[str, Any]) -> dict[str, Any]:
    """The inverse of `flatten_optimizers`, on top of the state dictionaries of `fresh` optimisers."""
    states: dict[str, Any] = {part: {**state, "state": {}} for part, state in fresh.items()}
    for key, value in flat.items():
        part, index, name = key.split("/")
        states[part]["state"].setdefault(int(index), {})[name] = value
    return states


def _number(path: Path) -> int:
    return int(path.name[:6])


def _plain(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    return {name: value.detach().cpu().contiguous() for name, value in tensors.items()}


def _prune(folder: Path) -> None:
    for path in list_checkpoints(folder)[:-KEEP_NEWEST]:
        if _number(path) % KEEP_EACH:
            shutil.rmtree(path, ignore_errors=True)


def _sync(path: Path) -> None:
    if path.is_dir() and os.name == "nt":
        return  # Windows opens no folders
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
