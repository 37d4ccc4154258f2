"""An episode while it is played, packed block by block as in its file.

So 30,000 rows take as much memory as their file, not as their images. Writing the episode, for a checkpoint or at its
end, packs only the rows since the last full block.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dreamer_studio.replay.episode import Episode, StepLike
from dreamer_studio.replay.files import check_episode_file, check_values, naming, row_of, rows_in
from dreamer_studio.replay.seekable import (
    BLOCK_ROWS,
    PART_ROWS,
    Piece,
    join,
    new_compressor,
    npy_header,
    pack_piece,
    unpack,
)

_NAMES = tuple(field.name for field in fields(Episode))


class _Blocks:
    """The rows of one array: full packed blocks, and the rows since the last full block."""

    def __init__(self, row: np.dtype[Any]) -> None:
        self.row = row
        self._compressor = new_compressor()
        self._packed: list[Piece] = []
        self._open = np.zeros(BLOCK_ROWS, row)
        self._filled = 0

    def __len__(self) -> int:
        return BLOCK_ROWS * len(self._packed) + self._filled

    def append(self, value: NDArray[Any]) -> None:
        self._open[self._filled] = value
        self._filled += 1
        if self._filled == BLOCK_ROWS:
            self._packed.append(pack_piece(self._open.tobytes(), self._compressor))
            self._filled = 0

    def append_packed(self, block: Piece) -> None:
        assert self._filled == 0
        self._packed.append(block)

    def read(self, start: int, stop: int) -> NDArray[Any]:
        """Unpack rows `start` to `stop`."""
        assert 0 <= start < stop <= len(self)
        first, last = start // BLOCK_ROWS, -(-stop // BLOCK_ROWS)
        rows = np.empty(min(last * BLOCK_ROWS, len(self)) - first * BLOCK_ROWS, self.row)
        blocks = self._packed[first:last]
        packed_rows = BLOCK_ROWS * len(blocks)
        if blocks:
            unpack(b"".join(block.packed for block in blocks), rows[:packed_rows].view(np.uint8).reshape(-1))
        rows[packed_rows:] = self._open[: len(rows) - packed_rows]
        return rows[start - first * BLOCK_ROWS : stop - first * BLOCK_ROWS]

    def pieces(self) -> list[Piece]:
        """Return the whole array as pieces of the episode's file."""
        header = npy_header(np.broadcast_to(np.zeros((), self.row), (len(self), *self.row.shape)))
        rest = [self._open[: self._filled].tobytes()] if self._filled else []
        packed_rest = [pack_piece(piece, self._compressor) for piece in (header, *rest)]
        return [packed_rest[0], *self._packed, *packed_rest[1:]]


class GrowingStates:
    """The simulator's states at the rows of an episode; all are dropped if one is unknown."""

    def __init__(self) -> None:
        self._blocks: _Blocks | None = None
        self._missing = False

    def append(self, state: NDArray[np.float64] | None) -> None:
        """Add the state (n,) of the next row, or None if it is unknown."""
        if self._blocks is None and state is not None and not self._missing:
            self._blocks = _Blocks(np.dtype((np.float64, state.shape)))
        if self._blocks is None or state is None or state.shape != self._blocks.row.shape:
            self._blocks, self._missing = None, True
        else:
            self._blocks.append(state)

    def read(self, start: int, stop: int) -> NDArray[np.float64] | None:
        """Return the states (stop - start, n) of rows `start` to `stop`; None if they are unknown."""
        return None if self._blocks is None else self._blocks.read(start, stop)

    def pieces(self) -> list[Piece]:
        """Return the pieces that follow the rows in the episode's file."""
        return [] if self._blocks is None else self._blocks.pieces()


class GrowingEpisode:
    """The rows of an episode so far, the reset first, and the simulator's states at them.

    Attributes:
        states: at all rows, if they are known.
        total_steps: environment steps so far.
    """

    def __init__(self, action_size: int) -> None:
        self.states = GrowingStates()
        self.total_steps = 0
        self._blocks = _Blocks(row_of(action_size))
        self._row = np.zeros((), self._blocks.row)
        self._rewards = array("f")

    def __len__(self) -> int:
        return len(self._blocks)

    @property
    def action_size(self) -> int:
        """Entries of an action."""
        return int(self._blocks.row["action"].shape[0])

    @property
    def total_reward(self) -> float:
        """The undiscounted return so far; equal to that of an `Episode` of the same rows."""
        return float(np.frombuffer(self._rewards, np.float32).sum())

    def append(self, step: StepLike) -> None:
        """Add the next row."""
        for name in _NAMES:
            self._row[name] = getattr(step, name)
        self._blocks.append(self._row)
        self._rewards.append(step.reward)
        self.total_steps += step.steps
        self.states.append(step.state)

    def read(self, start: int, stop: int) -> Episode:
        """Return rows `start` to `stop`."""
        rows = self._blocks.read(start, stop)
        return Episode(**{name: rows[name] for name in _NAMES})

    def parts(self) -> Iterator[Episode]:
        """Yield all rows, a few hundred at a time."""
        for start in range(0, len(self), PART_ROWS):
            yield self.read(start, min(start + PART_ROWS, len(self)))

    def pack(self, *, with_states: bool = True) -> bytes:
        """Return the content of the episode's file."""
        return join([*self._blocks.pieces(), *(self.states.pieces() if with_states else [])])


def read_growing(path: Path) -> GrowingEpisode:
    """Read the rows of an episode's file, without its states, to append more.

    Raises:
        ReplayError: the file is missing, cut short, or not an episode.
    """
    with naming(path):
        check_episode_file(path)
        with path.open("rb") as file:
            stored = rows_in(file)
            episode = GrowingEpisode(stored.row["action"].shape[0])
            for start in range(0, stored.rows, BLOCK_ROWS):
                rows = stored.read(file, start, min(start + BLOCK_ROWS, stored.rows))
                check_values(Episode(**{name: rows[name] for name in _NAMES}))
                if len(rows) == BLOCK_ROWS:
                    episode._blocks.append_packed(stored.read_block(file, start // BLOCK_ROWS))
                else:
                    for row in rows:
                        episode._blocks.append(row)
                episode._rewards.extend(rows["reward"].tolist())
                episode.total_steps += int(rows["steps"].sum())
        episode.states.append(None)
        return episode
