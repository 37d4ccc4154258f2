"""An episode as a file of which a sequence can be read without the rest.

Decompressed, by any zstd tool, it is NumPy's npy format: one array of records, a record being a row. Behind it may be a
second one, of the simulator's states (`replay.states`), of which reading rows knows nothing.
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

SUFFIX = ".npy.zst"
MOST_ROWS = 2**20
"""Of an episode; a table of more is not read, however many a file claims."""

MOST_ACTIONS = 1024
"""Entries of an action; the most that a row is made for."""

_MOST_FILE_BYTES = MOST_ROWS * 2**15
"""A row is about 12 KiB, a state 16 KiB at most, and what cannot be compressed grows a little."""

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
"""What a damaged or malicious file can make the readers raise."""


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
        """Whether it is the file that is bad or not there, and not the disk that cannot be read now or full memory."""
        return not says_nothing_of_the_file(self.__cause__)


@contextlib.contextmanager
def naming(path: Path) -> Iterator[None]:
    """Turn what can go wrong while an episode is read into a `ReplayError` that names the file."""
    try:
        yield
    except (*_UNREADABLE, OSError) as error:
        raise ReplayError(f"{path.name} is not a readable episode: {one_line(error)}", path) from error


def pack_episode(episode: Episode, states: NDArray[np.float64] | None = None) -> bytes:
    """The content of an episode's file.

    Args:
        episode: its L rows.
        states: (L, n), the simulator's at each row, where they are known.
    """
    rows = np.zeros(len(episode), row_of(episode.action.shape[1]))
    for name in (field.name for field in fields(episode)):
        rows[name] = getattr(episode, name)
    assert states is None or (len(states) == len(rows) and states.dtype == np.float64)
    return pack([*pieces_of(rows), *(pieces_of(states) if states is not None else ())])


def read_episode(path: Path) -> Episode:
    """Read a whole episode.

    Raises:
        ReplayError: the file is missing, cut short, or something else.
    """
    with naming(path):
        check_episode_file(path)
        with path.open("rb") as file:
            return read_rows(file)


def check_episode_file(path: Path) -> None:
    """Refuse a link and what is no file, before it is opened.

    Raises:
        UnfitFileError, OSError: as `files.check_file`.
    """
    check_file(path, _MOST_FILE_BYTES)


def read_rows(file: BinaryIO, start: int = 0, count: int | None = None, *, length: int | None = None) -> Episode:
    """Read rows `start` to `start + count` of an episode, and no more of its file than holds them.

    Args:
        file: the file or, as `io.BytesIO`, its content.
        start: the first row.
        count: rows; None for all to the end.
        length: rows that the episode is known to have.

    Raises:
        ValueError: it is no episode, is damaged, or has another length.
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
    """Where the rows of an episode are in its file.

    Raises:
        As `read_rows`.
    """
    table = read_table(file, _MOST_PIECES)
    record, rows = _parse_record(*read_header(file, table, 0))
    stored = StoredArray(table, 0, record, rows)
    if len(table.sizes) not in (stored.end, 2 * stored.end):  # the states have as many
        raise ValueError("its parts are not those of an episode")
    return stored


def check_values(episode: Episode) -> None:
    """Refuse numbers that no environment gave: they would get into every weight.

    Raises:
        ValueError: there are such numbers.
    """
    if not all(np.isfinite(part).all() for part in (episode.action, episode.reward, episode.discount)):
        raise ValueError("it holds numbers that are not finite")
    if episode.is_terminal.view(np.uint8).max() > 1 or episode.steps.min() < 0:
        raise ValueError("it holds values that are none of an episode's")


@functools.lru_cache(maxsize=256)  # an episode of one length has the header of another; parsing costs most of a reading
def _parse_record(packed: bytes, size: int) -> tuple[np.dtype[Any], int]:
    shape, _, record = parse_header(packed, size)
    if len(shape) != 1 or record.names is None or "action" not in record.names:
        raise ValueError("it holds another array than an episode's")
    actions = record["action"].shape[0] if record["action"].shape else 0
    if not 1 <= actions <= MOST_ACTIONS or record != row_of(actions):
        raise ValueError("its rows are not those of an episode")
    if not 1 <= shape[0] <= MOST_ROWS:
        raise ValueError(f"no episode has {shape[0]} rows")
    return record, shape[0]


def one_line(error: BaseException, most: int = 300) -> str:
    """What an error says, in one line and not at any length: it may quote a file."""
    text = " ".join(str(error).split()) or type(error).__name__
    return text if len(text) <= most else f"{text[:most]}..."


def row_of(action_size: int) -> np.dtype[Any]:
    """A row; aligned, so that torch takes each part as it is."""
    parts = [
        ("image", np.uint8, (64, 64, 3)),
        ("action", "<f4", (action_size,)),
        ("reward", "<f4"),
        ("discount", "<f4"),
        ("steps", "<i4"),
        ("is_terminal", np.bool_),
    ]
    return np.dtype(parts, align=True)
