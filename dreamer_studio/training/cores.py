"""Sets the number of CPU cores that updates use."""

from __future__ import annotations

import functools

import torch


def leave_cores(spare: int) -> None:
    """Let networks compute on all cores but `spare`, and on at least one.

    Only the training thread may call it, and only between updates: part of the setting holds for the whole process.
    """
    torch.set_num_threads(max(1, all_cores() - spare))


@functools.cache
def all_cores() -> int:
    """Return the number of cores, as torch counts them or as ``OMP_NUM_THREADS`` says."""
    return torch.get_num_threads()
