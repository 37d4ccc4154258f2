"""Episodes on disk and in memory."""

from pathlib import Path

import numpy as np
import pytest

from dreamer_studio.replay import Episode, EpisodeBuilder, EpisodeStore, ReplayError, sample_sequences
from tests.unit.replay.episodes import make_episode


def same(first: Episode, second: Episode) -> bool:
    names = ("image", "action", "reward", "discount", "is_terminal", "steps")
    return all(np.array_equal(getattr(first, name), getattr(second, name)) for name in names)


def test_that_an_episode_comes_back_from_its_file_as_it_was(tmp_path: Path) -> None:
    episode = make_episode(3, 5)
    EpisodeStore(tmp_path, 2**20).add(episode)
    again = EpisodeStore(tmp_path, 2**20)
    assert same(again.get(0), episode)
    assert (len(again), again.rows, again.steps, again.length(0)) == (1, 5, 8, 5)


def test_that_opening_a_store_reads_no_file(tmp_path: Path) -> None:
    (tmp_path / "episode-000004-rows-11-steps-20.npz").touch()
    (tmp_path / "episode-000005-rows-3-steps-4.npz.tmp").touch()
    (tmp_path / "notes.npz").touch()
    store = EpisodeStore(tmp_path, 2**20)
    assert (len(store), store.rows, store.steps) == (1, 11, 20)
    assert store.add(make_episode(0, 3)).name.startswith("episode-000005")


def test_that_memory_is_bounded_while_old_episodes_are_still_drawn(tmp_path: Path) -> None:
    bound = 3 * make_episode(0, 10).nbytes
    store = EpisodeStore(tmp_path, bound)
    seen: set[int] = set()
    for number in range(12):
        store.add(make_episode(number, 10))
        assert store.cached_bytes <= bound
    for seed in range(20):
        batch = sample_sequences(store, 8, 4, np.random.default_rng(seed))
        seen |= set(batch.image[..., 1].ravel())
        assert 0 < store.cached_bytes <= bound
    assert seen == set(range(12))


def test_that_one_episode_larger_than_the_bound_can_still_be_used(tmp_path: Path) -> None:
    store = EpisodeStore(tmp_path, 1)
    store.add(make_episode(0, 4))
    store.add(make_episode(1, 4))
    assert same(store.get(0), make_episode(0, 4))
    assert store.cached_bytes == make_episode(0, 4).nbytes


def test_that_a_recently_used_episode_stays_in_memory(tmp_path: Path) -> None:
    store = EpisodeStore(tmp_path, 2 * make_episode(0, 4).nbytes)
    first = store.add(make_episode(0, 4))
    store.add(make_episode(1, 4))
    store.get(0)
    store.add(make_episode(2, 4))
    first.unlink()
    assert same(store.get(0), make_episode(0, 4))


def test_that_a_failed_write_leaves_no_file_and_counts_for_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full_disk(file: object, **arrays: object) -> None:
        file.write(b"half an episode")  # type: ignore[attr-defined]
        raise OSError("No space left on device")

    store = EpisodeStore(tmp_path, 2**20)
    with monkeypatch.context() as patch:
        patch.setattr(np, "savez_compressed", full_disk)
        with pytest.raises(OSError, match="No space"):
            store.add(make_episode(0, 4))
    assert list(tmp_path.iterdir()) == []
    assert (len(store), store.steps, store.cached_bytes) == (0, 0, 0)
    assert store.add(make_episode(0, 4)).name.startswith("episode-000000")


@pytest.mark.parametrize("damage", ["cut", "emptied", "flipped", "another", "plain array", "missing"])
def test_that_a_damaged_file_is_named(tmp_path: Path, damage: str) -> None:
    path = EpisodeStore(tmp_path, 2**20).add(make_episode(0, 30))
    content = bytearray(path.read_bytes())
    match damage:
        case "cut":
            path.write_bytes(content[: len(content) // 2])
        case "emptied":
            path.write_bytes(b"")
        case "flipped":
            content[60:1000] = bytes(940)
            path.write_bytes(content)
        case "another":
            with path.open("wb") as file:
                np.savez(file, image=np.zeros(3))
        case "plain array":
            with path.open("wb") as file:
                np.save(file, np.zeros(3))
        case "missing":
            pass
    store = EpisodeStore(tmp_path, 2**20)
    if damage == "missing":
        path.unlink()
    with pytest.raises(ReplayError, match=path.name):
        store.get(0)


def test_that_a_file_with_another_length_than_its_name_says_is_refused(tmp_path: Path) -> None:
    path = EpisodeStore(tmp_path, 2**20).add(make_episode(0, 4))
    path.rename(tmp_path / "episode-000000-rows-9-steps-6.npz")
    with pytest.raises(ReplayError, match=r"episode-000000-rows-9-steps-6\.npz holds 4 rows"):
        EpisodeStore(tmp_path, 2**20).get(0)


def test_that_refreshing_finds_what_another_process_wrote(tmp_path: Path) -> None:
    reader, writer = EpisodeStore(tmp_path, 2**20), EpisodeStore(tmp_path, 2**20)
    writer.add(make_episode(0, 4))
    assert len(reader) == 0
    reader.refresh()
    assert (len(reader), reader.steps) == (1, 6)


def test_that_an_episode_can_be_continued_where_it_was_saved() -> None:
    whole = make_episode(0, 6)
    builder = EpisodeBuilder.resumed(whole.window(0, 4))
    for rest in (whole.window(4, 1), whole.window(5, 1)):
        for row in EpisodeBuilder.resumed(rest)._rows:
            builder.add(row)
    assert same(builder.build(), whole)
    assert builder.total_steps == whole.total_steps == 10


def test_that_arrays_of_different_lengths_are_no_episode() -> None:
    episode = make_episode(0, 4)
    with pytest.raises(ValueError, match="not an episode: 4 rewards but 3 actions"):
        Episode(episode.image, episode.action[:3], episode.reward, episode.discount, episode.is_terminal, episode.steps)
