"""What to say when the memory is full."""

from __future__ import annotations

import re
from pathlib import Path

import torch

from dreamer_studio.config import Config
from dreamer_studio.training.errors import MemoryFullError

_AMOUNT = re.compile(r"(tried|unable) to allocate [\d.]+ \w+", re.IGNORECASE)
_ALLOCATOR_S_WORDS = ("can't allocate memory", "not enough memory")  # the CPU's raises a RuntimeError without a kind


def is_memory_full(error: BaseException) -> bool:
    """Says whether an error means that the computer's or the GPU's memory did not suffice."""
    if isinstance(error, MemoryError | torch.OutOfMemoryError):
        return True
    return isinstance(error, RuntimeError) and any(words in str(error) for words in _ALLOCATOR_S_WORDS)


def memory_full(error: BaseException, details: str, config: Config, device: torch.device, run: Path) -> MemoryFullError:
    """The error to show instead, with what can be lowered.

    Args:
        error: what was raised.
        details: its traceback.
        config: what the update was made with.
        device: where.
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
