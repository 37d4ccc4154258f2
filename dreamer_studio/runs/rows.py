"""Parses and checks the rows of a run's log, one JSON object per line."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from dreamer_studio.files import check_file

Row = dict[str, Any]

MOST_LINE_BYTES = 2**13  # a row has about 700
_MOST_BYTES = 2**33
_MOST_COUNT = 10**15
_MOST_TEXT = 1000
_HEADING = re.compile(
    rb'\{"kind": "(\w{1,20})", "step": (\d{1,15}), "update": (\d{1,15}), "time": (\d{1,12}(?:\.\d{1,6})?)[,}]'
)


class Heading(NamedTuple):
    """The fields that every row has. The kind is empty if a line is not a row."""

    kind: str
    step: int
    update: int
    time: float

    @classmethod
    def of(cls, row: Row) -> Heading:
        """Return the heading of a row. The time is 0 if another program wrote the row without one."""
        time = row.get("time")
        return cls(row["kind"], row["step"], row["update"], float(time) if isinstance(time, int | float) else 0.0)


NO_ROW = Heading("", 0, 0, 0.0)


def check_log(path: Path) -> None:
    """Refuse a file that cannot be a log.

    Raises:
        UnfitFileError: it is not an ordinary file, or too large.
        OSError: it does not exist.
    """
    check_file(path, _MOST_BYTES)


def heading(line: bytes) -> Heading:
    """Return the heading of a line; parses the whole line only if needed."""
    if line.endswith(b"}\n") and (match := _HEADING.match(line)):
        return Heading(match[1].decode(), int(match[2]), int(match[3]), float(match[4]))
    row = parse(line)  # cut short, or written by another program
    return NO_ROW if row is None else Heading.of(row)


def parse(line: bytes) -> Row | None:
    """Parse a row; return None if a value is neither a finite number, a short text, nor None."""
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return row if isinstance(row, dict) and _is_row(row) else None


def read_rows(path: Path) -> Iterator[tuple[Heading, bytes]]:
    """Yield the rows of a log with their lines, oldest first."""
    with path.open("rb") as file:
        while line := file.readline(MOST_LINE_BYTES):
            if (found := heading(line)).kind:
                yield found, line


def _is_row(row: Mapping[str, Any]) -> bool:
    kind = row.get("kind")
    return (
        isinstance(kind, str)
        and re.fullmatch(r"\w{1,20}", kind) is not None
        and all(_is_count(row.get(name)) for name in ("step", "update"))
        and all(_is_plain(value) for value in row.values())
    )


def _is_count(value: object) -> bool:
    return type(value) is int and 0 <= value <= _MOST_COUNT


def _is_plain(value: object) -> bool:
    """Return whether a value is a number that fits into double precision, a short text, or None."""
    if isinstance(value, str):
        return len(value) <= _MOST_TEXT
    return value is None or isinstance(value, float) or (isinstance(value, int) and abs(value) <= _MOST_COUNT)
