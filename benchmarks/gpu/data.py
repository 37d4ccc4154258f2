"""Times a batch on its way: drawn from the replay, pinned, copied to the device."""

from __future__ import annotations

import dataclasses
import statistics
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch

from benchmarks.gpu.order import SPEC, Clock, Order
from dreamer_studio.arrays import FRAME_SHAPE
from dreamer_studio.bench.updates import now
from dreamer_studio.dreamer.batch import Batch
from dreamer_studio.replay import Episode, EpisodeStore, sample_sequences

EPISODES = 10
ROWS = 501
MOST_BATCHES = 50


def measure(order: Order) -> Mapping[str, Any]:
    """Return median milliseconds of drawing, pinning and copying a batch, and the bytes of its images."""
    device, config = order.place, order.config()
    times: dict[str, list[float]] = {"draw": [], "pin": [], "copy": []}
    with tempfile.TemporaryDirectory() as folder:
        store, rng = EpisodeStore(Path(folder), config.replay_ram_mb * 2**20), np.random.default_rng(0)
        for _ in range(EPISODES):
            store.add(_episode(rng))
        clock = Clock(order.seconds)
        while not times["copy"] or (clock.runs and len(times["copy"]) < MOST_BATCHES):
            began = time.perf_counter()
            sequences = sample_sequences(store, config.batch_size, config.batch_length, rng)
            times["draw"].append(time.perf_counter() - began)
            parts = [torch.from_numpy(getattr(sequences, field.name)) for field in dataclasses.fields(Batch)]
            if device.type == "cuda":
                began = time.perf_counter()
                parts = [part.pin_memory() for part in parts]
                times["pin"].append(time.perf_counter() - began)
            began = now(device)
            for part in parts:
                part.to(device, non_blocking=True)
            times["copy"].append(now(device) - began)
    image_bytes = config.batch_size * config.batch_length * int(np.prod(FRAME_SHAPE))
    medians = {f"{name}_ms": 1000 * statistics.median(each) for name, each in times.items() if each}
    return {**medians, "batches": len(times["copy"]), "image_bytes": image_bytes}


def _episode(rng: np.random.Generator) -> Episode:
    """Return an episode of soft noise, which packs about as well as a drawn scene."""
    coarse = rng.integers(0, 256, (ROWS, 8, 8, 3), np.uint8)
    image = coarse.repeat(8, 1).repeat(8, 2)
    nothing = np.zeros(ROWS, np.float32)
    return Episode(
        image=image,
        action=np.zeros((ROWS, SPEC.action_size), np.float32),
        reward=nothing,
        discount=np.ones(ROWS, np.float32),
        is_terminal=np.zeros(ROWS, np.bool_),
        steps=np.where(np.arange(ROWS) > 0, 2, 0).astype(np.int32),
    )
