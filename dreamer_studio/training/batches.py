"""Reads batches from the replay: the next one on another thread, while the trainer uses the current one."""

from __future__ import annotations

import copy
import dataclasses
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import numpy as np
import torch
from torch import Tensor

from dreamer_studio.config import Config
from dreamer_studio.dreamer.batch import Batch
from dreamer_studio.replay import EpisodeStore, Origins, sample_sequences

_Drawn = tuple[dict[str, Tensor], Origins, np.random.Generator]
"""The parts of a batch, where its rows come from, and the stream after it."""


@dataclasses.dataclass(frozen=True)
class _Ahead:
    """A batch that is being read, and the sizes that it was asked for with."""

    size: int
    length: int
    episodes: int
    drawn: Future[_Drawn]


class BatchSource:
    """Draws batches with a random stream of its own. Reading ahead does not change which ones.

    The batch read ahead is drawn with a copy of the stream, so it can be dropped without a trace. That happens if the
    batch's shape or the number of episodes has changed since. While the other thread reads, the store is its own: call
    `settle` before any other use of the store.

    Attributes:
        origins: where the rows of the newest batch come from; None before the first.
    """

    def __init__(self, store: EpisodeStore, seed: int, device: torch.device) -> None:
        self._store = store
        self._device = device
        self._rng = np.random.default_rng(seed)
        self._reader = ThreadPoolExecutor(1, "replay")
        self._ahead: _Ahead | None = None
        self.origins: Origins | None = None

    def take(self, config: Config) -> Batch:
        """Return the next batch, on the device, and begin to read the one after it.

        Raises:
            ValueError: there is no episode.
            ReplayError: an episode's file is damaged. The stream has not moved.
        """
        wanted = (config.batch_size, config.batch_length, len(self._store))
        ahead, self._ahead = self._ahead, None
        if ahead is None or (ahead.size, ahead.length, ahead.episodes) != wanted:
            if ahead is not None:
                _wait(ahead)
            ahead = self._begin(*wanted)
        parts, self.origins, self._rng = ahead.drawn.result()
        self._ahead = self._begin(*wanted)
        batch = Batch(**{name: part.to(self._device, non_blocking=True) for name, part in parts.items()})
        if config.clip_rewards == "tanh":  # not in the replay, which keeps the task's rewards
            # paper: Appendix A, bounded rewards
            return dataclasses.replace(batch, reward=batch.reward.tanh())
        return batch

    def settle(self) -> None:
        """Wait until no other thread uses the store; none does until the next `take`."""
        if self._ahead is not None:
            _wait(self._ahead)

    def state(self) -> dict[str, Any]:
        """Return the state of the stream, from before the next batch."""
        return dict(self._rng.bit_generator.state)

    def restore(self, state: dict[str, Any]) -> None:
        """Set the stream to a `state`."""
        self.settle()
        self._ahead = None
        self._rng.bit_generator.state = state

    def close(self) -> None:
        """End the thread."""
        self._reader.shutdown()

    def _begin(self, size: int, length: int, episodes: int) -> _Ahead:
        drawn = self._reader.submit(self._draw, size, length, copy.deepcopy(self._rng))
        return _Ahead(size, length, episodes, drawn)

    def _draw(self, size: int, length: int, rng: np.random.Generator) -> _Drawn:
        sequences = sample_sequences(self._store, size, length, rng)
        parts = {field.name: torch.from_numpy(getattr(sequences, field.name)) for field in dataclasses.fields(Batch)}
        if self._device.type == "cuda":  # from pinned memory, copying overlaps with the GPU's work
            parts = {name: part.pin_memory() for name, part in parts.items()}
        return parts, sequences.origins, rng


def _wait(ahead: _Ahead) -> None:
    ahead.drawn.exception()  # waits; the code that takes the batch gets the failure
