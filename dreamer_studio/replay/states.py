"""The simulator's states of an episode: a second array in its file, from which the reality twin starts.

Training never reads them, and memory holds episodes without them.
"""

from __future__ import annotations

import io
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from dreamer_studio.replay.files import rows_in
from dreamer_studio.replay.seekable import StoredArray, first_pieces, parse_header, read_header

MOST_STATE = 2048
"""Numbers in a state, at most."""

_NUMBER: np.dtype[Any] = np.dtype("<f8")


def read_states(file: BinaryIO, start: int, count: int, *, length: int | None = None) -> NDArray[np.float64] | None:
    """Read the states of rows `start` to `start + count`.

    Args:
        file: the file of an episode.
        start: the first row.
        count: number of rows.
        length: number of rows that the episode must have, if known.

    Returns:
        (count, n), or None if the file holds none.

    Raises:
        ValueError, zstandard.ZstdError, OSError: see `read_rows`.
    """
    rows = rows_in(file)
    if length not in (None, rows.rows):
        raise ValueError(f"it holds {rows.rows} rows")
    stored = _states_behind(rows, file)
    if stored is None:
        return None
    states = stored.read(file, start, start + count)
    if not np.isfinite(states).all():
        raise ValueError("it holds states that are not finite")
    return states


def without_states(content: bytes) -> bytes:
    """Return the content of an episode's file without its states."""
    rows = rows_in(io.BytesIO(content))
    return content if len(rows.table.sizes) == rows.end else first_pieces(content, rows.table, rows.end)


def _states_behind(rows: StoredArray, file: BinaryIO) -> StoredArray | None:
    if len(rows.table.sizes) == rows.end:
        return None
    shape, in_columns, kind = parse_header(*read_header(file, rows.table, rows.end))
    fits = len(shape) == 2 and shape[0] == rows.rows and 1 <= shape[1] <= MOST_STATE
    if not fits or in_columns or kind != _NUMBER:
        raise ValueError("its states are not those of a simulator")
    return StoredArray(rows.table, rows.end, np.dtype((_NUMBER, (shape[1],))), rows.rows)
