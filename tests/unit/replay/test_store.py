"""Episodes on disk and in memory."""

from pathlib import Path

import numpy as np
import pytest

from dreamer_studio.replay import Episode, EpisodeStore, ReplayError, sample_sequences
from tests.support.episodes import make_episode, same


def test_that_opening_a_store_reads_only_the_names_of_files(tmp_path: Path) -> None:
    for name in (
        "000004-rows-11-steps-20.npy.zst",
        "1234567-rows-2-steps-0.npy.zst",
        "000005-rows-3-steps-4.npy.zst.tmp",
    ):
        (tmp_path / f"episode-{name}").touch()
    (tmp_path / "notes.npy.zst").touch()
    store = EpisodeStore(tmp_path, 2**20)
    assert (len(store), store.lengths.tolist(), store.steps) == (2, [11, 2], 20)
    assert store.add(make_episode(0, 3)).name == "episode-1234568-rows-3-steps-4.npy.zst"


def test_that_an_episode_is_read_back_unchanged_by_another_store(tmp_path: Path) -> None:
    EpisodeStore(tmp_path, 2**20).add(make_episode(3, 40))
    again = EpisodeStore(tmp_path, 2**20)
    assert same(again.get(0), make_episode(3, 40))
    assert (len(again), again.steps, again.length(0)) == (1, 78, 40)


@pytest.mark.parametrize("ram_bytes", [0, 2**20])
def test_that_any_rows_can_be_read_from_memory_and_from_the_file(tmp_path: Path, ram_bytes: int) -> None:
    episode = make_episode(0, 50)
    store = EpisodeStore(tmp_path, ram_bytes)
    store.add(episode)
    for start, count in ((0, 50), (0, 1), (49, 1), (15, 2), (16, 16), (7, 40)):
        assert same(store.get(-1, start, count), episode.part(start, count))
    for start, count in ((50, 1), (-1, 2), (3, 0), (40, 11)):
        with pytest.raises(IndexError):
            store.get(0, start, count)


def test_that_rows_of_an_episode_that_is_not_in_memory_are_read_without_the_rest(tmp_path: Path) -> None:
    episode = make_episode(0, 160)
    store = EpisodeStore(tmp_path, 0)
    path = store.add(episode)
    content = bytearray(path.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 50] = bytes(50)
    path.write_bytes(content)
    assert same(store.get(0, 3, 20), episode.part(3, 20))
    assert same(store.get(0, 140, 20), episode.part(140, 20))
    with pytest.raises(ReplayError, match=path.name):
        store.get(0)


def test_that_memory_is_bounded_while_every_episode_is_still_drawn(tmp_path: Path) -> None:
    EpisodeStore(tmp_path / "one", 2**20).add(make_episode(0, 10))
    (one,) = (tmp_path / "one").iterdir()
    bound = 4 * one.stat().st_size + 1000
    store = EpisodeStore(tmp_path, bound)
    for number in range(12):
        store.add(make_episode(number, 10))
        assert store.cached_bytes <= bound
    store = EpisodeStore(tmp_path, bound)
    seen: set[int] = set()
    for seed in range(20):
        batch = sample_sequences(store, 8, 4, np.random.default_rng(seed))
        seen |= set(batch.image[..., 1].ravel())
        assert 0 < store.cached_bytes <= bound
    assert seen == set(range(12))
    store.ram_bytes = bound // 2
    assert 0 < store.cached_bytes <= bound // 2


def test_that_an_episode_gets_the_requested_number_and_no_number_is_used_twice(tmp_path: Path) -> None:
    store = EpisodeStore(tmp_path, 0)
    assert (store.newest, store.next_number) == (-1, 0)
    paths = [store.add(make_episode(0, 3)), store.add(make_episode(1, 4), number=4), store.add(make_episode(2, 5))]
    assert store.numbers.tolist() == [0, 4, 5]
    for path in paths[2], paths[0]:
        store.leave_out(path, rename=True)
    assert (store.newest, store.next_number) == (4, 6)
    for number in (0, 4, 5):
        with pytest.raises(ValueError, match=f"episode {number} is not newer than all others: the next number is 6"):
            store.add(make_episode(3, 6), number=number)
    assert store.add(make_episode(3, 6)).name.startswith("episode-000006")
    assert same(store.get(1), make_episode(3, 6))


def test_that_an_episode_in_memory_no_longer_needs_its_file(tmp_path: Path) -> None:
    store = EpisodeStore(tmp_path, 2**20)
    added = store.add(make_episode(0, 4))
    added.unlink()
    assert same(store.get(0), make_episode(0, 4))
    read = store.add(make_episode(1, 4))
    store = EpisodeStore(tmp_path, 2**20)
    store.get(0)
    read.unlink()
    assert same(store.get(0), make_episode(1, 4))


def test_that_a_failed_write_leaves_no_file_and_counts_for_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full_disk(descriptor: int) -> None:
        raise OSError("No space left on device")

    store = EpisodeStore(tmp_path, 2**20)
    with monkeypatch.context() as patch:
        patch.setattr("os.fsync", full_disk)
        with pytest.raises(OSError, match="No space"):
            store.add(make_episode(0, 4))
    assert list(tmp_path.iterdir()) == []
    assert (len(store), store.steps, store.cached_bytes) == (0, 0, 0)
    assert store.add(make_episode(0, 4)).name.startswith("episode-000000")


@pytest.mark.parametrize("ram_bytes", [0, 2**20])
def test_that_a_missing_file_is_named(tmp_path: Path, ram_bytes: int) -> None:
    path = EpisodeStore(tmp_path, 0).add(make_episode(0, 4))
    store = EpisodeStore(tmp_path, ram_bytes)
    path.unlink()
    with pytest.raises(ReplayError, match=path.name):
        store.get(0)


def test_that_a_file_with_another_length_than_its_name_says_is_refused(tmp_path: Path) -> None:
    path = EpisodeStore(tmp_path, 2**20).add(make_episode(0, 4))
    path.rename(tmp_path / "episode-000000-rows-9-steps-6.npy.zst")
    with pytest.raises(ReplayError, match=r"episode-000000-rows-9-steps-6\.npy\.zst.* it holds 4 rows"):
        EpisodeStore(tmp_path, 2**20).get(0)


def test_that_files_of_an_earlier_format_are_refused_instead_of_skipped(tmp_path: Path) -> None:
    (tmp_path / "episode-000000-rows-9-steps-6.npz").touch()
    with pytest.raises(ReplayError, match=r"episode-000000-rows-9-steps-6\.npz has an earlier format"):
        EpisodeStore(tmp_path, 2**20)


def test_that_arrays_of_different_lengths_are_refused_as_an_episode() -> None:
    episode = make_episode(0, 4)
    with pytest.raises(ValueError, match="not an episode: 4 rewards but 3 actions"):
        Episode(episode.image, episode.action[:3], episode.reward, episode.discount, episode.is_terminal, episode.steps)
