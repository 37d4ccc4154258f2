"""Tells the user what to lower when the memory is full."""

from __future__ import annotations

import re
from pathlib import Path

import torch

from dreamer_studio.config import Config
from dreamer_studio.training.errors import MemoryFullError

_AMOUNT = re.compile(r"(tried|unable) to allocate [\d.]+ \w+", re.IGNORECASE)
_ALLOCATOR_S_WORDS = ("can't allocate memory", "not enough memory")  # the CPU's allocator raises a plain RuntimeError


def is_memory_full(error: BaseException) -> bool:
    """Return whether an error means that the memory of the computer or the GPU is full."""
    if isinstance(error, MemoryError | torch.OutOfMemoryError):
        return True
    return isinstance(error, RuntimeError) and any(words in str(error) for words in _ALLOCATOR_S_WORDS)


def memory_full(error: BaseException, details: str, config: Config, device: torch.device, run: Path) -> MemoryFullError:
    """Return the error to show instead, which says what can be lowered.

    Args:
        error: the original error.
        details: its traceback.
        config: the settings of the update.
        device: the device whose memory is full.
        run: the run's folder.
    """
    amount = _AMOUNT.search(str(error))
    reason = amount[0].lower() if amount is not None else type(error).__name__
    smaller = max(1, config.batch_size // 2)
    return MemoryFullError(
        f"The memory of {device} is full ({reason}). An update takes batch_size={config.batch_size} sequences of "
        f"batch_length={config.batch_length} and dreams horizon={config.horizon} steps from each of their states. "
        f"Lower the training horizon and resume, or go on with less: --run {run} --set batch_size={smaller}",
        details,
    )
