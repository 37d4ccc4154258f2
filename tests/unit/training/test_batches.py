"""Batches that are read ahead equal those that are drawn on demand."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
import torch

from dreamer_studio.config import Config
from dreamer_studio.dreamer.batch import Batch
from dreamer_studio.envs import build_config
from dreamer_studio.replay import EpisodeStore, ReplayError
from dreamer_studio.training.batches import BatchSource
from tests.support.episodes import make_episode

CONFIG = build_config("dmc:walker-walk", "tiny", {"batch_size": 3, "batch_length": 5})


def make_store(folder: Path, episodes: int = 3) -> EpisodeStore:
    store = EpisodeStore(folder, 2**20)
    for number in range(episodes):
        store.add(make_episode(number, 9))
    return store


def make_source(store: EpisodeStore) -> BatchSource:
    return BatchSource(store, 5, torch.device("cpu"))


@pytest.fixture
def source(tmp_path: Path) -> Iterator[BatchSource]:
    with closing(make_source(make_store(tmp_path))) as source:
        yield source


def assert_same(batch: Batch, other: Batch) -> None:
    for field in dataclasses.fields(Batch):
        assert torch.equal(getattr(batch, field.name), getattr(other, field.name)), field.name


def test_that_reading_ahead_changes_no_batch(tmp_path: Path, source: BatchSource) -> None:
    with closing(make_source(make_store(tmp_path / "same"))) as other:
        for _ in range(4):
            other.restore(other.state())  # drops what was read ahead
            assert_same(source.take(CONFIG), other.take(CONFIG))


@pytest.mark.parametrize("change", [{"batch_size": 2}, {"batch_length": 4}], ids=str)
def test_that_a_changed_batch_size_or_length_applies_from_the_next_batch_on(
    source: BatchSource, change: dict[str, int]
) -> None:
    source.take(CONFIG)
    changed: Config = dataclasses.replace(CONFIG, **change)  # type: ignore[arg-type]
    assert source.take(changed).reward.shape == (changed.batch_size, changed.batch_length)


def test_that_an_episode_stored_meanwhile_can_be_in_the_next_batch(tmp_path: Path) -> None:
    store = make_store(tmp_path, episodes=1)
    with closing(make_source(store)) as source, closing(make_source(store)) as fresh:
        source.take(CONFIG)
        source.settle()
        store.add(make_episode(1, 9))
        fresh.restore(source.state())
        expected = fresh.take(CONFIG)
        fresh.settle()
        assert_same(source.take(CONFIG), expected)


def test_that_a_damaged_episode_is_refused_and_once_repaired_the_same_batch_comes(tmp_path: Path) -> None:
    store = make_store(tmp_path, episodes=1)
    (file,) = tmp_path.glob("episode-*")
    whole = file.read_bytes()
    file.write_bytes(whole[:-30])
    with closing(make_source(EpisodeStore(tmp_path, 0))) as source, closing(make_source(store)) as other:
        for _ in range(2):
            with pytest.raises(ReplayError, match=file.name):
                source.take(CONFIG)
        file.write_bytes(whole)
        assert_same(source.take(CONFIG), other.take(CONFIG))


def test_that_rewards_are_squashed_in_batches_and_stored_as_received(tmp_path: Path) -> None:
    store = make_store(tmp_path)
    paid = {float(reward) for number in range(3) for reward in store.get(number).reward}
    with closing(make_source(store)) as source:
        batch = source.take(dataclasses.replace(CONFIG, clip_rewards="tanh"))
        source.settle()
    assert {round(float(reward), 4) for reward in batch.reward.unique()} <= {round(float(np.tanh(r)), 4) for r in paid}
    assert max(paid) > 1.0 >= float(batch.reward.max())
