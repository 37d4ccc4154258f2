"""Episodes as files from which a sequence can be read without the rest.

A decompressed file, as any zstd tool makes it, is in NumPy's npy format: an array of records, one for each row. A
second array may follow, of the simulator's states (`replay.states`), which reading rows ignores.
"""

from __future__ import annotations

import contextlib
import functools
import struct
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import zstandard
from numpy.typing import NDArray

from dreamer_studio.arrays import FRAME_SHAPE
from dreamer_studio.files import check_file, says_nothing_of_the_file
from dreamer_studio.replay.episode import Episode
from dreamer_studio.replay.seekable import (
    BLOCK_ROWS,
    StoredArray,
    pack,
    parse_header,
    pieces_of,
    read_header,
    read_table,
)
from dreamer_studio.texts import reason_of

SUFFIX = ".npy.zst"
MOST_ROWS = 2**20
"""Rows of an episode, at most; a file that claims more is refused."""

MOST_ACTIONS = 1024
"""Entries of an action, at most."""

_MOST_FILE_BYTES = MOST_ROWS * 2**15
"""A row has about 12 KiB and a state at most 16 KiB; data that cannot be compressed grows a little."""

_MOST_PIECES = 2 * (1 + MOST_ROWS // BLOCK_ROWS)

_UNREADABLE = (
    ValueError,
    TypeError,
    KeyError,
    OverflowError,
    RecursionError,
    MemoryError,
    struct.error,
    zstandard.ZstdError,
)
"""Exceptions that a damaged or malicious file can cause in the readers."""


class ReplayError(Exception):
    """An episode file that cannot be read or does not hold an episode; the message names the file.

    Attributes:
        path: the file.
    """

    def __init__(self, message: str, path: Path) -> None:
        super().__init__(message)
        self.path = path

    @property
    def damaged(self) -> bool:
        """Return whether the file itself is bad or missing, rather than the disk unreadable now or the memory full."""
        return not says_nothing_of_the_file(self.__cause__)


@contextlib.contextmanager
def naming(path: Path) -> Iterator[None]:
    """Turn errors inside the block, which reads an episode, into a `ReplayError` that names the file."""
    try:
        yield
    except (*_UNREADABLE, OSError) as error:
        raise ReplayError(f"{path.name} is not a readable episode: {reason_of(error)}", path) from error


def pack_episode(episode: Episode, states: NDArray[np.float64] | None = None) -> bytes:
    """Return the content of an episode's file.

    Args:
        episode: its L rows.
        states: (L, n), the simulator's state at each row, if known.
    """
    rows = np.zeros(len(episode), row_of(episode.action.shape[1]))
    for name in (field.name for field in fields(episode)):
        rows[name] = getattr(episode, name)
    assert states is None or (len(states) == len(rows) and states.dtype == np.float64)
    return pack([*pieces_of(rows), *(pieces_of(states) if states is not None else ())])


def read_episode(path: Path) -> Episode:
    """Read a whole episode.

    Raises:
        ReplayError: the file is missing, cut short, or not an episode.
    """
    with naming(path):
        check_episode_file(path)
        with path.open("rb") as file:
            return read_rows(file)


def check_episode_file(path: Path) -> None:
    """Refuse links and everything else that is not an ordinary file, without opening it.

    Raises:
        UnfitFileError, OSError: see `files.check_file`.
    """
    check_file(path, _MOST_FILE_BYTES)


def read_rows(file: BinaryIO, start: int = 0, count: int | None = None, *, length: int | None = None) -> Episode:
    """Read rows `start` to `start + count` of an episode, and only the part of the file that holds them.

    Args:
        file: the file or, as `io.BytesIO`, its content.
        start: the first row.
        count: number of rows; None for all to the end.
        length: number of rows that the episode must have, if known.

    Raises:
        ValueError: it is not an episode, is damaged, or has another length.
        zstandard.ZstdError: it is damaged.
        OSError: it cannot be read.
    """
    stored = rows_in(file)
    if length not in (None, stored.rows):
        raise ValueError(f"it holds {stored.rows} rows")
    rows = stored.read(file, start, stored.rows if count is None else start + count)
    episode = Episode(**{field.name: rows[field.name] for field in fields(Episode)})
    check_values(episode)
    return episode


def rows_in(file: BinaryIO) -> StoredArray:
    """Locate the rows of an episode in its file.

    Raises:
        ValueError, zstandard.ZstdError, OSError: see `read_rows`.
    """
    table = read_table(file, _MOST_PIECES)
    record, rows = _parse_record(*read_header(file, table, 0))
    stored = StoredArray(table, 0, record, rows)
    if len(table.sizes) not in (stored.end, 2 * stored.end):  # the states have as many pieces
        raise ValueError("its parts are not those of an episode")
    return stored


def check_values(episode: Episode) -> None:
    """Refuse numbers that no environment produces. They would spread to every weight.

    Raises:
        ValueError: there are such numbers.
    """
    if not all(np.isfinite(part).all() for part in (episode.action, episode.reward, episode.discount)):
        raise ValueError("it holds numbers that are not finite")
    if episode.is_terminal.view(np.uint8).max() > 1 or episode.steps.min() < 0:
        raise ValueError("it holds values that no episode has")


@functools.lru_cache(maxsize=256)  # episodes of equal length have equal headers; parsing takes most of the time
def _parse_record(packed: bytes, size: int) -> tuple[np.dtype[Any], int]:
    shape, _, record = parse_header(packed, size)
    if len(shape) != 1 or record.names is None or "action" not in record.names:
        raise ValueError("it holds an array that is not an episode")
    actions = record["action"].shape[0] if record["action"].shape else 0
    if not 1 <= actions <= MOST_ACTIONS or record != row_of(actions):
        raise ValueError("its rows are not those of an episode")
    if not 1 <= shape[0] <= MOST_ROWS:
        raise ValueError(f"no episode has {shape[0]} rows")
    return record, shape[0]


def row_of(action_size: int) -> np.dtype[Any]:
    """Return the type of a row, aligned so that torch takes each part without a copy."""
    parts = [
        ("image", np.uint8, FRAME_SHAPE),
        ("action", "<f4", (action_size,)),
        ("reward", "<f4"),
        ("discount", "<f4"),
        ("steps", "<i4"),
        ("is_terminal", np.bool_),
    ]
    return np.dtype(parts, align=True)
