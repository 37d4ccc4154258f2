"""How many of the processor's cores the updates compute on."""

from __future__ import annotations

import functools

import torch


def leave_cores(spare: int) -> None:
    """Let this thread's networks compute on all cores but `spare`, on one at least.

    For the thread that trains, between updates: part of the setting is the whole process's, so nobody else may call
    it while an update is in the making.
    """
    torch.set_num_threads(max(1, all_cores() - spare))


@functools.cache
def all_cores() -> int:
    """As torch counts them, or as ``OMP_NUM_THREADS`` says."""
    return torch.get_num_threads()
