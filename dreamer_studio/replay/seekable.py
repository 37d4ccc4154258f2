"""Files of arrays from which some rows can be read without the rest.

An array is stored in NumPy's npy format, in compressed pieces: the header, then `BLOCK_ROWS` rows in each. Another
array may follow. A table at the end has the sizes of the pieces, in zstd's seekable format (facebook/zstd,
contrib/seekable_format). Each piece has a checksum.
"""

from __future__ import annotations

import io
import struct
import tokenize
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO, NamedTuple

import numpy as np
import zstandard
from numpy.lib import format as npy
from numpy.typing import NDArray

BLOCK_ROWS = 16
"""Rows in a piece. Larger pieces compress slightly better, but a sequence then reads more rows that it does not use."""

PART_ROWS = 32 * BLOCK_ROWS
"""Rows that are unpacked at once when a whole episode, perhaps a very long one, is read."""

_MOST_HEADER_BYTES = 2**16
_LEVEL = 7  # about as small as zlib at its default, in half the time
_SKIPPABLE = struct.Struct("<II")  # magic number, size of the rest
_ENTRY = np.dtype([("packed", "<u4"), ("unpacked", "<u4")])  # sizes of a piece in bytes
_FOOTER = struct.Struct("<IBI")  # number of pieces, flags, magic number
_SKIPPABLE_MAGIC, _SEEKABLE_MAGIC = 0x184D2A5E, 0x8F92EAB1

MOST_ROWS_AT_ONCE = 40_000
"""About half a gigabyte of images; a stranger's file may claim more. Longer episodes are read in parts."""


class Piece(NamedTuple):
    """A piece in its packed form, and its unpacked size."""

    packed: bytes
    size: int


@dataclass(frozen=True, eq=False)
class Table:
    """Where the n pieces of a file lie.

    Attributes:
        ends: (n,), offset at which each piece ends.
        sizes: (n,), the unpacked size of each piece.
    """

    ends: NDArray[np.int64]
    sizes: NDArray[np.int64]

    def begin(self, piece: int) -> int:
        """Return the offset at which a piece begins."""
        return int(self.ends[piece - 1]) if piece else 0


@dataclass(frozen=True, eq=False)
class StoredArray:
    """An array in a file.

    Attributes:
        table: of the file.
        header: index of the piece with the array's header.
        row: type of a row.
        rows: number of rows.

    Raises:
        ValueError: the pieces after the header do not hold exactly that many rows.
    """

    table: Table
    header: int
    row: np.dtype[Any]
    rows: int

    def __post_init__(self) -> None:
        block = BLOCK_ROWS * self.row.itemsize
        rest = self.rows * self.row.itemsize % block
        sizes = self.table.sizes[self.header + 1 : self.end]
        whole = sizes[: self.rows // BLOCK_ROWS]
        if self.end > len(self.table.sizes) or (whole != block).any() or (rest and sizes[-1] != rest):
            raise ValueError("its parts are not those of an episode")

    @property
    def end(self) -> int:
        """Index of the piece after the last one of the array."""
        return self.header + 1 + -(-self.rows // BLOCK_ROWS)

    def read(self, file: BinaryIO, start: int, stop: int) -> NDArray[Any]:
        """Read rows `start` to `stop`, and only the part of the file that holds them.

        Raises:
            IndexError: there are no such rows.
            ValueError, zstandard.ZstdError: they are too many, or damaged.
            OSError: the file cannot be read.
        """
        if not 0 <= start < stop <= self.rows:
            raise IndexError(f"rows {start} to {stop} of {self.rows}")
        if stop - start > MOST_ROWS_AT_ONCE:
            raise ValueError(
                f"it is too long to be read at once: {stop - start:,} rows, and {MOST_ROWS_AT_ONCE:,} can be"
            )
        first, last = start // BLOCK_ROWS, -(-stop // BLOCK_ROWS)
        blocks = np.empty(min(last * BLOCK_ROWS, self.rows) - first * BLOCK_ROWS, self.row)
        packed = _read_pieces(file, self.table, self.header + 1 + first, self.header + 1 + last)
        unpack(packed, blocks.view(np.uint8).reshape(-1))
        return blocks[start - first * BLOCK_ROWS : stop - first * BLOCK_ROWS]

    def read_block(self, file: BinaryIO, block: int) -> Piece:
        """Read a block of rows without unpacking it.

        Raises:
            OSError: the file cannot be read.
        """
        piece = self.header + 1 + block
        return Piece(_read_pieces(file, self.table, piece, piece + 1), int(self.table.sizes[piece]))


def _read_pieces(file: BinaryIO, table: Table, first: int, stop: int) -> bytes:
    begin = table.begin(first)
    file.seek(begin)
    return file.read(table.begin(stop) - begin)


def pieces_of(array: NDArray[Any]) -> list[bytes]:
    """Return an array of rows as uncompressed pieces."""
    starts = range(0, len(array), BLOCK_ROWS)
    return [npy_header(array), *(array[start : start + BLOCK_ROWS].tobytes() for start in starts)]


def npy_header(array: NDArray[Any]) -> bytes:
    """Return the header that NumPy writes before an array."""
    stream = io.BytesIO()
    npy.write_array_header_1_0(stream, npy.header_data_from_array_1_0(array))
    return stream.getvalue()


def new_compressor() -> zstandard.ZstdCompressor:
    """Make a compressor of pieces, for one thread."""
    return zstandard.ZstdCompressor(level=_LEVEL, write_checksum=True)


def pack_piece(piece: bytes, compressor: zstandard.ZstdCompressor) -> Piece:
    """Compress a piece."""
    return Piece(compressor.compress(piece), len(piece))


def pack(pieces: Sequence[bytes]) -> bytes:
    """Return the content of a file of these pieces."""
    compressor = new_compressor()
    return join([pack_piece(piece, compressor) for piece in pieces])


def join(pieces: Sequence[Piece]) -> bytes:
    """Return the content of a file of these packed pieces."""
    entries = np.array([(len(piece.packed), piece.size) for piece in pieces], _ENTRY)
    return b"".join([*(piece.packed for piece in pieces), _pack_table(entries)])


def first_pieces(content: bytes, table: Table, count: int) -> bytes:
    """Return the content of a file of the first `count` pieces of another file."""
    entries = np.empty(count, _ENTRY)
    entries["packed"] = np.diff(table.ends[:count], prepend=0)
    entries["unpacked"] = table.sizes[:count]
    return content[: table.begin(count)] + _pack_table(entries)


def read_table(file: BinaryIO, most: int) -> Table:
    """Read the table at the end of a file.

    Args:
        file: the file, or its content as `io.BytesIO`.
        most: pieces, at most; a file that claims more is not read.

    Raises:
        ValueError, struct.error: it has no table, or one that does not fit the file.
        OSError: it cannot be read.
    """
    size = file.seek(0, io.SEEK_END)
    file.seek(max(0, size - _FOOTER.size))
    count, flags, magic = _FOOTER.unpack(file.read(_FOOTER.size))
    table_size = count * _ENTRY.itemsize
    table_at = size - _FOOTER.size - table_size
    if magic != _SEEKABLE_MAGIC or flags or not 2 <= count <= most or table_at < 0:
        raise ValueError("it does not end as an episode's file does")
    file.seek(table_at)
    entries = np.frombuffer(file.read(table_size), _ENTRY, count)
    packed, sizes = entries["packed"].astype(np.int64), entries["unpacked"].astype(np.int64)
    ends = packed.cumsum()
    swollen = (packed > sizes + sizes // 128 + 1024).any()  # compression never grows a piece this much
    if ends[-1] + _SKIPPABLE.size != table_at or swollen:
        raise ValueError("its parts are not as long as they should be")
    return Table(ends, sizes)


def read_header(file: BinaryIO, table: Table, piece: int) -> tuple[bytes, int]:
    """Read the piece with an array's header. Returns its packed bytes and its unpacked size, for `parse_header`.

    Raises:
        ValueError: it is too long for a header.
    """
    packed, size = table.begin(piece + 1) - table.begin(piece), int(table.sizes[piece])
    if packed > _MOST_HEADER_BYTES or size > _MOST_HEADER_BYTES:
        raise ValueError("its beginning is longer than an episode's")
    return _read_pieces(file, table, piece, piece + 1), size


def parse_header(packed: bytes, size: int) -> tuple[tuple[int, ...], bool, np.dtype[Any]]:
    """Return the shape of an array, whether it is in Fortran order, and its type."""
    header = np.empty(size, np.uint8)
    unpack(packed, header)
    return read_npy_header(io.BytesIO(header.tobytes()))


def read_npy_header(stream: BinaryIO) -> tuple[tuple[int, ...], bool, np.dtype[Any]]:
    """Read NumPy's header of an array, perhaps a stranger's: its shape, whether it is in Fortran order, and its type.

    Raises:
        ValueError: it is not a header.
    """
    try:
        npy.read_magic(stream)
        return npy.read_array_header_1_0(stream)
    except (SyntaxError, tokenize.TokenError) as error:  # NumPy parses it as Python, and lets these through
        raise ValueError(f"the header of an array cannot be read: {error}") from error


def unpack(packed: bytes, out: NDArray[np.uint8]) -> None:
    """Unpack one or several pieces into `out`. Other threads can run meanwhile."""
    with zstandard.ZstdDecompressor().stream_reader(packed, read_across_frames=True) as reader:
        if reader.readinto(out) != len(out) or reader.read(1):
            raise ValueError("a part is not as long as it should be")


def _pack_table(entries: NDArray[Any]) -> bytes:
    table = entries.tobytes() + _FOOTER.pack(len(entries), 0, _SEEKABLE_MAGIC)
    return _SKIPPABLE.pack(_SKIPPABLE_MAGIC, len(table)) + table
