"""The instructions for a part of the measurement, and the report of its results."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from dreamer_studio.config import Config
from dreamer_studio.dreamer.fast import Learner, make_agent
from dreamer_studio.envs import EnvSpec, build_config
from dreamer_studio.files import write_whole

SPEC = EnvSpec("dmc:walker-walk", "continuous", 6, tuple("abcdef"), 2, 1000, "", 0)
"""Stands in for the environment in parts that run none: six actions, as in the author's figures."""


@dataclass(frozen=True)
class Order:
    """A part of the measurement.

    Attributes:
        device: where to compute, "cuda" or "cpu".
        preset: whose sizes to measure.
        task: the task of the parts that need an environment.
        seconds: the time to work in; a slower part is ended.
        out: the file for the results.
    """

    device: str
    preset: str
    task: str
    seconds: float
    out: Path

    @property
    def place(self) -> torch.device:
        """Return the device."""
        return torch.device(self.device)

    def config(self, **settings: object) -> Config:
        """Return the configuration of the preset with other settings."""
        return build_config(self.task, self.preset, settings)

    def learner(self, config: Config, device: torch.device | None = None) -> Learner:
        """Return the learner of a new agent. Its first weights follow from the seed, on every device."""
        agent = make_agent(config, SPEC.action_size, SPEC.action_kind)
        agent.initialize(config.seed)
        return Learner(agent.to(self.place if device is None else device), config)

    def tell(self, results: Mapping[str, Any]) -> None:
        """Write the results so far, with four significant digits. They count even if the part is ended later."""
        write_whole(self.out, json.dumps(_rounded(results)).encode())


Part = Callable[[Order], Mapping[str, Any]]
"""Measures, and returns values for JSON."""


class Clock:
    """Says whether there is time left."""

    def __init__(self, seconds: float) -> None:
        self._until = time.monotonic() + seconds

    @property
    def runs(self) -> bool:
        """Return whether there is time left."""
        return time.monotonic() < self._until

    @property
    def left(self) -> float:
        """Return the seconds left, at least 0."""
        return max(0.0, self._until - time.monotonic())


def _rounded(value: Any) -> Any:
    match value:
        case Mapping():
            return {name: _rounded(part) for name, part in value.items()}
        case list() | tuple():
            return [_rounded(part) for part in value]
        case float():
            return float(f"{value:.4g}") if math.isfinite(value) else str(value)
    return value


def peak_memory(device: torch.device) -> dict[str, int]:
    """Return the most bytes that tensors took on a GPU, and the most that torch reserved; empty on a CPU."""
    if device.type != "cuda":
        return {}
    return {
        "allocated_bytes": torch.cuda.max_memory_allocated(device),
        "reserved_bytes": torch.cuda.max_memory_reserved(device),
    }
