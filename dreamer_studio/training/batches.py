"""Batches from the replay, one ahead: while the trainer uses one, the next is read on another thread."""

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
from dreamer_studio.replay import EpisodeStore, Sequences, sample_sequences


@dataclasses.dataclass(frozen=True)
class _Ahead:
    """A batch in the making, and what it was made for."""

    size: int
    length: int
    episodes: int
    drawn: Future[tuple[dict[str, Tensor], np.random.Generator]]


class BatchSource:
    """Draws batches with a random stream of its own: the same ones whether or not they are read ahead.

    What is read ahead is drawn with a copy of the stream, so that it can be dropped without a trace, as it is where the
    batch's shape or the number of episodes has changed since. The store belongs to the other thread while it reads:
    `settle` before anything else is done with it.
    """

    def __init__(self, store: EpisodeStore, seed: int, device: torch.device) -> None:
        self._store = store
        self._device = device
        self._rng = np.random.default_rng(seed)
        self._reader = ThreadPoolExecutor(1, "replay")
        self._ahead: _Ahead | None = None

    def take(self, config: Config) -> Batch:
        """The next batch, on the device; the one after it is begun.

        Raises:
            ValueError: there is no episode.
            ReplayError: an episode's file is damaged. The stream has not moved then.
        """
        wanted = (config.batch_size, config.batch_length, len(self._store))
        ahead, self._ahead = self._ahead, None
        if ahead is None or (ahead.size, ahead.length, ahead.episodes) != wanted:
            if ahead is not None:
                _wait(ahead)
            ahead = self._begin(*wanted)
        parts, self._rng = ahead.drawn.result()
        self._ahead = self._begin(*wanted)
        if config.clip_rewards == "tanh":  # here and not in the replay, which keeps what the task paid
            parts["reward"] = parts["reward"].tanh()
        return Batch(**{name: part.to(self._device, non_blocking=True) for name, part in parts.items()})

    def settle(self) -> None:
        """Wait until the store is left alone; it is until the next `take`."""
        if self._ahead is not None:
            _wait(self._ahead)

    def state(self) -> dict[str, Any]:
        """Where the stream stands: before the batch that is next."""
        return dict(self._rng.bit_generator.state)

    def restore(self, state: dict[str, Any]) -> None:
        """Go back, or on, to a `state`."""
        self.settle()
        self._ahead = None
        self._rng.bit_generator.state = state

    def close(self) -> None:
        """End the thread."""
        self._reader.shutdown()

    def _begin(self, size: int, length: int, episodes: int) -> _Ahead:
        drawn = self._reader.submit(self._draw, size, length, copy.deepcopy(self._rng))
        return _Ahead(size, length, episodes, drawn)

    def _draw(self, size: int, length: int, rng: np.random.Generator) -> tuple[dict[str, Tensor], np.random.Generator]:
        sequences = sample_sequences(self._store, size, length, rng)
        parts = {
            field.name: torch.from_numpy(getattr(sequences, field.name)) for field in dataclasses.fields(Sequences)
        }
        if self._device.type == "cuda":  # from pinned memory the copy to the GPU goes on beside its work
            parts = {name: part.pin_memory() for name, part in parts.items()}
        return parts, rng


def _wait(ahead: _Ahead) -> None:
    ahead.drawn.exception()  # waits, and leaves a failure to whoever takes that batch
