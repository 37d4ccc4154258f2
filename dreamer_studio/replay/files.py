"""An episode as a file of which a sequence can be read without the rest.

Decompressed, by any zstd tool, it is NumPy's npy format: one array of records, a record being a row. It is compressed
in pieces: the npy header, then `BLOCK_ROWS` rows each. The table at the end says where they begin, in zstd's seekable
format (facebook/zstd, contrib/seekable_format). Each piece has a checksum.
"""

from __future__ import annotations

import contextlib
import functools
import io
import struct
from collections.abc import Iterator
from dataclasses import fields
from itertools import accumulate
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import zstandard
from numpy.lib import format as npy
from numpy.typing import NDArray

from dreamer_studio.files import check_file, write_whole
from dreamer_studio.replay.episode import Episode

SUFFIX = ".npy.zst"
BLOCK_ROWS = 16
"""More would compress a little better, but a sequence would read more rows that it does not use."""

MOST_ROWS = 2**20
"""Of an episode; a table of more is not read, however many a file claims."""

MOST_ROWS_AT_ONCE = 40_000
"""About half a gigabyte of pictures. The longest episodes of the suites, 27,000 agent steps of Atari, have fewer."""

MOST_ACTIONS = 1024
"""Entries of an action; the most that a row is made for."""

_MOST_HEADER_BYTES = 2**16
_MOST_FILE_BYTES = MOST_ROWS * 2**14  # a row is about 12 KiB, and what cannot be compressed grows a little
_LEVEL = 7  # files about as small as those of zlib at its default, written in half the time
_SKIPPABLE = struct.Struct("<II")  # magic number, size of what follows
_ENTRY = struct.Struct("<II")  # of one piece: bytes compressed, bytes decompressed
_FOOTER = struct.Struct("<IBI")  # number of pieces, flags, magic number
_SKIPPABLE_MAGIC, _SEEKABLE_MAGIC = 0x184D2A5E, 0x8F92EAB1


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
        """Whether it is the file that is bad or not there, and not the disk that cannot be read now."""
        return not isinstance(self.__cause__, OSError) or isinstance(self.__cause__, FileNotFoundError)


@contextlib.contextmanager
def naming(path: Path) -> Iterator[None]:
    """Turn what can go wrong while an episode is read into a `ReplayError` that names the file."""
    try:
        yield
    except (*_UNREADABLE, OSError) as error:
        raise ReplayError(f"{path.name} is not a readable episode: {one_line(error)}", path) from error


def pack_episode(episode: Episode) -> bytes:
    """The content of an episode's file."""
    rows = np.zeros(len(episode), _record(episode.action.shape[1]))
    for name in (field.name for field in fields(episode)):
        rows[name] = getattr(episode, name)
    pieces = [_npy_header(rows)]
    pieces += [rows[start : start + BLOCK_ROWS].tobytes() for start in range(0, len(rows), BLOCK_ROWS)]
    compressor = zstandard.ZstdCompressor(level=_LEVEL, write_checksum=True)
    packed = [compressor.compress(piece) for piece in pieces]
    table = b"".join(_ENTRY.pack(len(small), len(piece)) for small, piece in zip(packed, pieces, strict=True))
    table += _FOOTER.pack(len(pieces), 0, _SEEKABLE_MAGIC)
    return b"".join([*packed, _SKIPPABLE.pack(_SKIPPABLE_MAGIC, len(table)), table])


def write_episode(path: Path, episode: Episode) -> None:
    """Write an episode's file, whole or not at all."""
    write_whole(path, pack_episode(episode))


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
    ends, record, rows = _read_index(file)
    if length not in (None, rows):
        raise ValueError(f"it holds {rows} rows")
    stop = rows if count is None else start + count
    if not 0 <= start < stop <= rows:
        raise IndexError(f"rows {start} to {stop} of {rows}")
    if stop - start > MOST_ROWS_AT_ONCE:
        raise ValueError(f"it is too long to be read at once: {stop - start:,} rows, and {MOST_ROWS_AT_ONCE:,} can be")
    first, last = start // BLOCK_ROWS, -(-stop // BLOCK_ROWS)
    blocks = np.empty(min(last * BLOCK_ROWS, rows) - first * BLOCK_ROWS, record)
    file.seek(ends[first])
    _decompress(file.read(ends[last] - ends[first]), blocks.view(np.uint8))
    wanted = blocks[start - first * BLOCK_ROWS : stop - first * BLOCK_ROWS]
    _check_values(wanted)
    return Episode(**{field.name: wanted[field.name] for field in fields(Episode)})


def _check_values(rows: NDArray[Any]) -> None:
    """Refuse numbers that no environment gave: they would get into every weight."""
    if not all(np.isfinite(rows[name]).all() for name in ("action", "reward", "discount")):
        raise ValueError("it holds numbers that are not finite")
    if rows["is_terminal"].view(np.uint8).max() > 1 or rows["steps"].min() < 0:
        raise ValueError("it holds values that are none of an episode's")


def _read_index(file: BinaryIO) -> tuple[list[int], np.dtype[Any], int]:
    """Where each piece ends, the npy header's own being the first; what a row is; rows in all."""
    size = file.seek(0, io.SEEK_END)
    file.seek(max(0, size - _FOOTER.size))
    count, flags, magic = _FOOTER.unpack(file.read(_FOOTER.size))
    table_size = count * _ENTRY.size
    table_at = size - _FOOTER.size - table_size
    if magic != _SEEKABLE_MAGIC or flags or not 2 <= count <= 1 + MOST_ROWS // BLOCK_ROWS or table_at < 0:
        raise ValueError("it does not end as an episode's file does")
    file.seek(table_at)
    entries = list(_ENTRY.iter_unpack(file.read(table_size)))
    ends = list(accumulate(packed for packed, _ in entries))
    swollen = any(packed > unpacked + unpacked // 128 + 1024 for packed, unpacked in entries)  # compressing makes none
    if ends[-1] + _SKIPPABLE.size != table_at or swollen:
        raise ValueError("its parts are not as long as they should be")
    if ends[0] > _MOST_HEADER_BYTES or entries[0][1] > _MOST_HEADER_BYTES:
        raise ValueError("its beginning is longer than an episode's")
    file.seek(0)
    record, rows = _parse_npy_header(file.read(ends[0]), entries[0][1])
    block = BLOCK_ROWS * record.itemsize
    whole = [block] * (rows // BLOCK_ROWS) + [rows * record.itemsize % block] * (rows % BLOCK_ROWS > 0)
    if [unpacked for _, unpacked in entries[1:]] != whole:
        raise ValueError("its parts are not those of an episode")
    return ends, record, rows


@functools.lru_cache(maxsize=256)  # an episode of one length has the header of another; parsing costs most of a reading
def _parse_npy_header(packed: bytes, size: int) -> tuple[np.dtype[Any], int]:
    header = np.empty(size, np.uint8)
    _decompress(packed, header)
    stream = io.BytesIO(header.tobytes())
    npy.read_magic(stream)
    shape, _, record = npy.read_array_header_1_0(stream)
    if len(shape) != 1 or record.names is None or "action" not in record.names:
        raise ValueError("it holds another array than an episode's")
    actions = record["action"].shape[0] if record["action"].shape else 0
    if not 1 <= actions <= MOST_ACTIONS or record != _record(actions):
        raise ValueError("its rows are not those of an episode")
    if not 1 <= shape[0] <= MOST_ROWS:
        raise ValueError(f"no episode has {shape[0]} rows")
    return record, shape[0]


def _decompress(packed: bytes, out: NDArray[np.uint8]) -> None:
    """Fill `out` from one piece or several; the interpreter is free meanwhile."""
    with zstandard.ZstdDecompressor().stream_reader(packed, read_across_frames=True) as reader:
        if reader.readinto(out) != len(out) or reader.read(1):
            raise ValueError("a part is not as long as it should be")


def _npy_header(rows: NDArray[Any]) -> bytes:
    stream = io.BytesIO()
    npy.write_array_header_1_0(stream, npy.header_data_from_array_1_0(rows))
    return stream.getvalue()


def one_line(error: BaseException, most: int = 300) -> str:
    """What an error says, in one line and not at any length: it may quote a file."""
    text = " ".join(str(error).split()) or type(error).__name__
    return text if len(text) <= most else f"{text[:most]}..."


def _record(action_size: int) -> np.dtype[Any]:
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
