"""Checks every value and size of a checkpoint before anything is built from it."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Annotated, Any, Literal

import numpy as np
import torch
from pydantic import ConfigDict, Field, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass
from torch import Tensor

from dreamer_studio.config import Config
from dreamer_studio.dreamer.agent import Agent
from dreamer_studio.dreamer.fast import make_agent
from dreamer_studio.dreamer.remedies import RETURN_RANGE, SLOW_VALUE
from dreamer_studio.envs import EnvSpec, LimitSource
from dreamer_studio.envs.spec import MOST_NAME, MOST_STATE, MOST_WORDS
from dreamer_studio.replay.files import MOST_ACTIONS
from dreamer_studio.replay.hard_moments import LossRecord
from dreamer_studio.runs.checkpoint import POSTERIOR, RUNNING, Checkpoint
from dreamer_studio.runs.counters import Counters
from dreamer_studio.runs.errors import CheckpointError
from dreamer_studio.texts import reason_of

_Count = Annotated[int, Field(ge=0, le=2**53)]
_Name = Annotated[str, Field(max_length=MOST_NAME)]
_Words = Annotated[str, Field(max_length=MOST_WORDS)]
_AS_WRITTEN = ConfigDict(extra="forbid")


@dataclass(frozen=True, config=_AS_WRITTEN)
class _Env:
    """The fields of `EnvSpec`."""

    task: _Words
    action_kind: Literal["continuous", "discrete"]
    action_size: Annotated[int, Field(ge=1, le=MOST_ACTIONS)]
    action_names: tuple[_Name, ...]
    action_repeat: Annotated[int, Field(ge=1, le=2**31)]
    time_limit: Annotated[int, Field(ge=0, le=2**53)]
    gl_backend: _Name
    pid: _Count
    limit_source: LimitSource | None = None
    sees: _Words = ""
    acts: _Words = ""
    state_names: Annotated[tuple[_Name, ...], Field(max_length=MOST_STATE)] = ()
    state_angles: Annotated[tuple[_Count, ...], Field(max_length=MOST_STATE)] = ()


@dataclass(frozen=True, config=_AS_WRITTEN)
class _State:
    """The contents of state.json."""

    format: Literal[1]
    counters: dict[_Name, _Count | None]
    episodes: _Count
    rng: dict[str, Any]
    device: Literal["cpu", "cuda", "mps"]
    env: _Env
    losses: LossRecord | None = None


_ADAPTER: TypeAdapter[_State] = TypeAdapter(_State)
_Shapes = dict[str, tuple[torch.Size, torch.dtype]]


def check_checkpoint(name: str, checkpoint: Checkpoint, config: Config) -> EnvSpec:
    """Check that a checkpoint is whole and fits the configuration, without allocating the sizes that it claims.

    Args:
        name: of the checkpoint, for the message.
        checkpoint: as read from the disk.
        config: of the run.

    Returns:
        the spec of the environment in which it was trained.

    Raises:
        CheckpointError: the message names the first fault.
    """
    try:
        state = _ADAPTER.validate_python(checkpoint.state)
        spec = EnvSpec(**dataclasses.asdict(state.env))
        Counters.of(state.counters)
        if any(count is None and name != "learning_since" for name, count in state.counters.items()):
            raise ValueError("a counter is missing")
        if len(spec.action_names) != spec.action_size:
            raise ValueError(f"{len(spec.action_names)} names of {spec.action_size} actions")
        if any(place >= len(spec.state_names) for place in spec.state_angles):
            raise ValueError("an angle of the simulator's state has no name")
        np.random.default_rng(0).bit_generator.state = state.rng
        with torch.device("meta"):
            agent = make_agent(config, spec.action_size, spec.action_kind)
        _check_tensors("weights", checkpoint.weights, _shapes(agent.state_dict()))
        _check_optimizers(checkpoint.optimizers, agent)
        _check_others(checkpoint.tensors, state.device, agent)
        if checkpoint.episode is not None and checkpoint.episode.action_size != spec.action_size:
            raise ValueError("its episode belongs to another task")
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise CheckpointError(f"checkpoint {name} cannot be used: state.json: {place[:100]}: {first['msg']}") from error
    except (ValueError, TypeError, KeyError, OverflowError, RuntimeError) as error:
        raise CheckpointError(f"checkpoint {name} cannot be used: {reason_of(error)}") from error
    return spec


def _shapes(tensors: Mapping[str, Tensor]) -> _Shapes:
    return {name: (tensor.shape, tensor.dtype) for name, tensor in tensors.items()}


def _check_tensors(what: str, found: Mapping[str, Tensor], wanted: _Shapes) -> None:
    odd = sorted(found.keys() ^ wanted.keys())
    if odd:
        raise ValueError(f"the {what} are not those of this configuration: {odd[0][:100]!r}")
    for name, expected in wanted.items():
        if (found[name].shape, found[name].dtype) != expected:
            shapes = f"{tuple(found[name].shape)} and not {tuple(expected[0])}"
            raise ValueError(f"the {what} are not those of this configuration: {name} is {shapes}")


def _check_optimizers(found: Mapping[str, Tensor], agent: Agent) -> None:
    """Check the shapes of Adam's state. Adam does not, and would read and write past the end of a smaller tensor."""
    parts = {"model": agent.world_model, "actor": agent.actor, "value": agent.value}
    wanted: _Shapes = {}
    for part, module in parts.items():
        if not any(name.startswith(f"{part}/") for name in found):
            continue  # before the first update
        for index, parameter in enumerate(module.parameters()):
            wanted[f"{part}/{index}/step"] = (torch.Size(()), torch.float32)
            wanted[f"{part}/{index}/exp_avg"] = wanted[f"{part}/{index}/exp_avg_sq"] = (parameter.shape, torch.float32)
    _check_tensors("states of the optimizers", found, wanted)


def _check_others(found: Mapping[str, Tensor], device: str, agent: Agent) -> None:
    wanted: _Shapes = {"noise": (found["noise"].shape, torch.uint8)}
    if any(name.startswith(POSTERIOR) for name in found):
        for name, part in agent.initial(1)._asdict().items():
            wanted[f"{POSTERIOR}{name}"] = (part.shape, torch.float32)
    wanted |= _running(found, agent)
    _check_tensors("random states", found, wanted)
    here = {"cpu": True, "cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    if here[device]:  # elsewhere the training begins another stream
        torch.Generator(device).set_state(found["noise"])


def _running(found: Mapping[str, Tensor], agent: Agent) -> _Shapes:
    """Return the shapes of the remedies' values in the checkpoint; those of remedies that were off are absent."""
    wanted: _Shapes = {}
    if any(name.startswith(f"{RUNNING}{SLOW_VALUE}") for name in found):
        wanted |= {f"{RUNNING}{SLOW_VALUE}{name}": shape for name, shape in _shapes(agent.value.state_dict()).items()}
    if f"{RUNNING}{RETURN_RANGE}" in found:
        wanted[f"{RUNNING}{RETURN_RANGE}"] = (torch.Size(()), torch.float32)
    return wanted
