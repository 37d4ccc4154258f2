"""The list of stored episodes that all readers share."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dreamer_studio.replay import EpisodeIndex, EpisodeList, EpisodeStore, ReplayError, place_of, stored
from tests.support.episodes import make_episode

RAM = 2**20


def add(folder: Path, *rows: int) -> EpisodeStore:
    store = EpisodeStore(folder, 0)
    for count in rows:
        store.add(make_episode(len(store), count))
    return store


def same(one: EpisodeList, other: EpisodeStore) -> None:
    assert (len(one), one.newest) == (len(other), other.newest)
    for name in ("numbers", "lengths", "steps_of_each"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))


def test_that_the_index_agrees_with_the_store_of_the_training(tmp_path: Path) -> None:
    folder = tmp_path / "episodes"
    index = EpisodeIndex(folder, RAM)
    assert (len(index.refresh()), index.refresh().newest) == (0, -1)  # there is no folder yet
    store = add(folder, 5, 9, 7)
    episodes = index.refresh()
    same(episodes, store)
    assert [episodes.place(number) for number in (0, 2, 3)] == [0, 2, None]
    for place in range(3):
        np.testing.assert_array_equal(episodes.get(place).image, store.get(place).image)
        np.testing.assert_array_equal(episodes.get(place, 2, 3).reward, store.get(place, 2, 3).reward)
    np.testing.assert_array_equal(np.concatenate([part.action for part in episodes.parts(1)]), store.get(1).action)
    assert episodes.states(1, 0, 2) is None
    with pytest.raises(IndexError):
        episodes.get(3)


def test_that_a_new_episode_is_added_and_no_known_name_is_parsed_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = EpisodeIndex(tmp_path, RAM)
    add(tmp_path, 5, 9, 7)
    before = index.refresh()
    store = add(tmp_path, 6)
    parsed: list[str] = []
    parse_name = stored.parse_name

    def parse(name: str, folder: Path) -> stored.StoredEpisode | None:
        parsed.append(name)
        return parse_name(name, folder)

    monkeypatch.setattr(stored, "parse_name", parse)
    episodes = index.refresh()
    same(episodes, store)
    assert parsed == ["episode-000003-rows-6-steps-10.npy.zst"]
    assert len(before) == 3  # whoever goes through it goes on
    assert index.refresh() is index.refresh()


def test_that_the_folder_is_listed_once_for_each_stamp(tmp_path: Path) -> None:
    index = EpisodeIndex(tmp_path, RAM)
    add(tmp_path, 5)
    first = index.as_of((1, 0))
    add(tmp_path, 6)
    assert index.as_of((1, 0)) is first
    assert len(index.as_of((2, 1))) == 2


def test_that_a_removed_episode_disappears_and_a_restored_one_is_back_in_order(
    tmp_path: Path,
) -> None:
    index = EpisodeIndex(tmp_path, RAM)
    store = add(tmp_path, 5, 9, 7)
    index.refresh()
    (path,) = tmp_path.glob("episode-000001-*")
    content = path.read_bytes()
    path.unlink()
    assert index.refresh().numbers.tolist() == [0, 2]
    path.write_bytes(content)
    same(index.refresh(), store)


def test_that_other_files_change_nothing_and_files_of_an_earlier_format_are_refused(tmp_path: Path) -> None:
    index = EpisodeIndex(tmp_path, RAM)
    add(tmp_path, 5)
    episodes = index.refresh()
    (tmp_path / ".episode-000001-rows-5-steps-4.npy.zst.tmp").touch()
    assert index.refresh() is episodes
    (tmp_path / "episode-000001.npz").touch()
    for _ in range(2):
        with pytest.raises(ReplayError, match="earlier format"):
            index.refresh()


def test_that_a_list_without_a_file_has_all_other_episodes(tmp_path: Path) -> None:
    add(tmp_path, 5, 9, 7)
    episodes = EpisodeIndex(tmp_path, RAM).refresh()
    left = episodes.without(sorted(tmp_path.iterdir())[1])
    assert (left.numbers.tolist(), left.lengths.tolist()) == ([0, 2], [5, 7])
    np.testing.assert_array_equal(left.get(1).image, make_episode(2, 7).image)
    assert len(left.without(tmp_path / "other")) == 2 and len(episodes) == 3


def test_that_remembered_episodes_stay_in_memory_when_new_ones_come(tmp_path: Path) -> None:
    index = EpisodeIndex(tmp_path, RAM)
    add(tmp_path, 5, 9)
    index.refresh().get(0, remember=True)
    held = index.cached_bytes
    assert held > 0
    index.refresh().get(1)  # it is not to be remembered
    add(tmp_path, 7)
    assert index.refresh().get(0, 1, 2).reward.shape == (2,)
    assert index.cached_bytes == held


def test_that_memory_keeps_the_most_recently_used_episodes_within_its_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = add(tmp_path, 40, 40, 40)
    size = max(path.stat().st_size for path in tmp_path.iterdir())
    index = EpisodeIndex(tmp_path, 2 * (size + 1000))
    episodes = index.refresh()
    for place in (0, 1, 0, 2):
        episodes.get(place, remember=True)
        assert index.cached_bytes <= 2 * (size + 1000)
    read: list[str] = []
    read_part = stored.read_part

    def counted(path: Path, *arguments: Any) -> Any:
        read.append(path.name[:14])
        return read_part(path, *arguments)

    with monkeypatch.context() as patch:
        patch.setattr("dreamer_studio.replay.index.read_part", counted)
        for place in range(3):
            episodes.get(place)
    assert read == ["episode-000001"]
    small = EpisodeIndex(tmp_path, 10).refresh()
    np.testing.assert_array_equal(small.get(1, remember=True).image, store.get(1).image)


def test_that_a_file_that_was_replaced_is_read_again(tmp_path: Path) -> None:
    add(tmp_path, 8, 8)
    index = EpisodeIndex(tmp_path, RAM)
    episodes = index.refresh()
    episodes.get(0, remember=True)
    first, second = sorted(tmp_path.iterdir())
    second.replace(first)
    np.testing.assert_array_equal(episodes.get(0).image, make_episode(1, 8).image)


def test_that_several_threads_can_read_and_refresh_while_episodes_are_added(tmp_path: Path) -> None:
    index, store = EpisodeIndex(tmp_path, 20_000), add(tmp_path, 5, 9)
    failures: list[BaseException] = []
    done = threading.Event()

    def read() -> None:
        try:
            while not done.is_set():
                episodes = index.refresh()
                for place in range(len(episodes)):
                    rows = episodes.get(place, remember=True)
                    assert len(rows) == episodes.length(place)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for count in range(5, 25):
        store.add(make_episode(count, count))
    done.set()
    for thread in threads:
        thread.join()
    assert failures == []
    same(index.refresh(), store)


def test_that_an_episode_is_found_by_the_number_of_its_file() -> None:
    numbers = np.array([0, 1, 2, 5, 6, 7])
    assert [place_of(numbers, number) for number in (2, 3, 5, 7, 8)] == [2, None, 3, 5, None]
