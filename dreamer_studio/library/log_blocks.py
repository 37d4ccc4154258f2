"""Reads a log in blocks of whole lines, and finds the rows of tests in a block without parsing all others."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import BinaryIO, Final

from dreamer_studio.runs.rows import Row, parse

BLOCK_BYTES: Final = 2**22

_TEST: Final = re.compile(rb'^\{"kind": ?"test"')  # an earlier version wrote no space
_TEST_LINES: Final = re.compile(rb'\n(?=\{"kind": ?"test")')


def whole_lines(file: BinaryIO) -> Iterator[bytes]:
    """Yield the rest of a file in blocks that end with a line; an unfinished line at the end is left out."""
    rest = b""
    while block := file.read(BLOCK_BYTES):
        block = rest + block
        cut = block.rfind(b"\n") + 1
        rest = block[cut:]
        if cut:
            yield block[:cut]
        if len(rest) > BLOCK_BYTES:  # not one of our logs
            return


def rows_of_tests(block: bytes) -> Iterator[Row]:
    """Yield the rows of test episodes in a block of whole lines."""
    begins = [0] if _TEST.match(block) else []
    for begin in (*begins, *(match.end() for match in _TEST_LINES.finditer(block))):
        row = parse(line_at(block, begin))
        if row is not None:
            yield row


def line_at(block: bytes, begin: int) -> bytes:
    """Return the line of a block that begins at an offset."""
    return block[begin : block.find(b"\n", begin) + 1]


def number_in(row: Row, name: str) -> float | None:
    """Return a number of a row, or None if there is no finite number of that name."""
    value = row.get(name)
    return float(value) if isinstance(value, int | float) and math.isfinite(value) else None
