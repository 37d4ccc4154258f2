"""Many rows in groups: on a CPU what passes from layer to layer has to stay small enough for its caches."""

from __future__ import annotations

import torch
from torch import Tensor


def split_on_cpu(rows: Tensor, at_once: int) -> tuple[Tensor, ...]:
    """The rows (N, ...) in groups of at most so many, as views; on any other device all of them in one."""
    return torch.split(rows, at_once) if rows.device.type == "cpu" else (rows,)
