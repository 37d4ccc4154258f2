"""Rows in chunks: on a CPU, what passes from layer to layer must stay small enough for its caches."""

from __future__ import annotations

import torch
from torch import Tensor


def split_on_cpu(rows: Tensor, at_once: int) -> tuple[Tensor, ...]:
    """Return the rows (N, ...) in chunks of at most `at_once`, as views; on any other device all rows in one chunk."""
    return torch.split(rows, at_once) if rows.device.type == "cpu" else (rows,)
