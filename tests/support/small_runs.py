"""Configurations of trainings that take seconds."""

from __future__ import annotations

from typing import Any

import torch

from dreamer_studio.config import Config
from dreamer_studio.envs import build_config

CPU = torch.device("cpu")


def small_config(task: str = "gym:Pendulum-v1", **settings: Any) -> Config:
    """Return the configuration of a training that takes seconds."""
    return build_config(task, "tiny", {"prefill": 60, "time_limit": 60, **settings})
