"""Reads a log in blocks of whole lines, and finds the rows of tests in a block without parsing all others."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import BinaryIO, Final

from dreamer_studio.runs.rows import Heading, Row, heading, parse

BLOCK_BYTES: Final = 2**18

_MOST_LINES: Final = 20  # at the end of a block that are looked through for a row

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


def last_row(block: bytes, begin: int = 0, end: int | None = None) -> Heading | None:
    """Return the heading of the last row in a part of a block of whole lines, or None if no row is near its end."""
    end = len(block) if end is None else end
    for _ in range(_MOST_LINES):
        line = block.rfind(b"\n", begin, max(begin, end - 1)) + 1 or begin
        found = heading(block[line:end])
        if found.kind:
            return found
        end = line
    return None


def number_in(row: Row, name: str) -> float | None:
    """Return a number of a row, or None if there is no finite number of that name."""
    value = row.get(name)
    return float(value) if isinstance(value, int | float) and math.isfinite(value) else None
