"""Finds the pauses of a training in its log, without reading the time of every row."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from dreamer_studio.library.log_blocks import last_row

PAUSE_SECONDS: Final = 600.0
"""A longer gap between two rows counts as time without training."""

Pause = tuple[float, float]
"""The times of the rows before and after a pause, in seconds since 1970."""


def find_pauses(block: bytes, before: float, last: float) -> Iterator[Pause]:
    """Yield the pauses in a block of whole lines, oldest first.

    Times grow from row to row, so a stretch of rows that is shorter than a pause has none, and a longer stretch is
    divided.

    Args:
        block: the lines.
        before: time of the row before the block.
        last: time of the last row in the block.
    """
    return _find(block, 0, len(block), before, last)


def _find(block: bytes, begin: int, end: int, before: float, last: float) -> Iterator[Pause]:
    if last - before <= PAUSE_SECONDS:
        return
    half = (begin + end) // 2
    middle = (block.rfind(b"\n", begin, half) + 1) or (block.find(b"\n", half, end) + 1)
    if middle == end:  # a single line
        yield before, last
        return
    row = last_row(block, begin, middle)
    time = before if row is None else min(max(row.time, before), last)  # a clock may be set back
    yield from _find(block, begin, middle, before, time)
    yield from _find(block, middle, end, time, last)
