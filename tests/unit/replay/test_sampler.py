"""The contents of a batch."""

from pathlib import Path

import numpy as np
import pytest

from dreamer_studio.replay import EpisodeIndex, EpisodeList, EpisodeStore, Sequences, sample_sequences, sample_windows
from tests.support.episodes import make_episode


def make_store(folder: Path, *rows: int, ram_bytes: int = 2**30) -> EpisodeStore:
    store = EpisodeStore(folder, ram_bytes)
    for number, count in enumerate(rows):
        store.add(make_episode(number, count))
    return store


def listed(folder: Path, *rows: int) -> EpisodeList:
    make_store(folder, *rows)
    return EpisodeIndex(folder, 0).refresh()


def draw(store: EpisodeStore, size: int, length: int, seed: int = 0) -> Sequences:
    return sample_sequences(store, size, length, np.random.default_rng(seed))


def test_that_a_reward_and_an_action_belong_to_the_image_they_led_to(tmp_path: Path) -> None:
    batch = draw(make_store(tmp_path, 9, 5, 3), 40, 12)
    shown, number = batch.image[:, :, 0, 0, 0], batch.image[:, :, 0, 0, 1]
    expected = np.where(shown > 0, shown + number / 100, 0)
    np.testing.assert_allclose(batch.reward, expected, rtol=1e-6)
    np.testing.assert_array_equal(batch.action[..., 0], shown)
    np.testing.assert_array_equal(batch.action[..., 1], np.where(shown > 0, number, 0))


def test_that_each_row_says_its_episode_its_row_and_how_much_of_it_the_model_has_seen(tmp_path: Path) -> None:
    batch = draw(make_store(tmp_path, 9, 5, 3), 40, 12)
    np.testing.assert_array_equal(batch.origins.episode, batch.image[:, :, 0, 0, 1])
    np.testing.assert_array_equal(batch.origins.index, batch.image[:, :, 0, 0, 0])
    begins = batch.is_first.copy()
    begins[:, 0] = True
    np.testing.assert_array_equal(batch.origins.seen == 0, begins)
    later = ~begins[:, 1:]
    assert (np.diff(batch.origins.seen)[later] == 1).all()


def test_that_a_sequence_continues_after_the_end_of_an_episode_with_the_first_row_of_any(tmp_path: Path) -> None:
    batch = draw(make_store(tmp_path, 9, 5, 3), 40, 12)
    shown, number = batch.image[:, :, 0, 0, 0].astype(int), batch.image[:, :, 0, 0, 1]
    np.testing.assert_array_equal(batch.is_first, shown == 0)
    inside = ~batch.is_first[:, 1:]
    np.testing.assert_array_equal((shown[:, 1:] - shown[:, :-1])[inside], 1)
    np.testing.assert_array_equal(number[:, 1:][inside], number[:, :-1][inside])
    np.testing.assert_array_equal(batch.is_terminal[:, :-1], batch.is_first[:, 1:])
    np.testing.assert_array_equal(batch.discount, 1.0 - batch.is_terminal)
    assert len(set(number[:, 1:][batch.is_first[:, 1:]])) == 3  # any episode may follow


def test_that_episodes_shorter_than_a_sequence_are_used_whole(tmp_path: Path) -> None:
    batch = draw(make_store(tmp_path, 12, 12), 50, 50)
    assert set(np.unique(batch.image[..., 0])) == set(range(12))


def test_that_terminal_rows_are_drawn_about_as_often_as_others(tmp_path: Path) -> None:
    store = make_store(tmp_path, 20, 20, 20)
    batch = draw(store, 1500, 8)
    counts = np.bincount(batch.image[:, :, 0, 0, 0].ravel(), minlength=20) / batch.reward.size
    np.testing.assert_allclose(counts, 1 / 20, atol=0.012)


def test_that_episodes_are_drawn_uniformly_whatever_their_length(tmp_path: Path) -> None:
    batch = draw(make_store(tmp_path, 40, 4), 2000, 1)
    assert batch.image[:, 0, 0, 0, 1].mean() == pytest.approx(0.5, abs=0.05)


def test_that_the_seed_determines_the_batch(tmp_path: Path) -> None:
    store = make_store(tmp_path, 9, 5)
    first, again, other = draw(store, 4, 6), draw(store, 4, 6), draw(store, 4, 6, seed=1)
    assert np.array_equal(first.image, again.image)
    assert not np.array_equal(first.image, other.image)


def test_that_windows_lie_within_one_episode_that_is_long_enough(tmp_path: Path) -> None:
    windows = sample_windows(listed(tmp_path, 3, 9, 12), 30, 8, np.random.default_rng(0))
    assert {len(window.rows) for window in windows} == {8}
    numbers = {int(window.rows.image[0, 0, 0, 1]) for window in windows}
    assert numbers == {window.episode for window in windows} == {1, 2}
    starts = {int(window.rows.image[0, 0, 0, 0]) for window in windows if window.rows.image[0, 0, 0, 1] == 2}
    assert starts == {0, 1, 2, 3, 4}
    for window in windows:
        assert window.first == window.rows.image[0, 0, 0, 0]
        assert (np.diff(window.rows.image[:, 0, 0, 0].astype(int)) == 1).all()


def test_that_windows_are_at_most_as_long_as_the_longest_episode(tmp_path: Path) -> None:
    windows = sample_windows(listed(tmp_path, 3, 6), 4, 50, np.random.default_rng(0))
    assert [len(window.rows) for window in windows] == [6] * 4


def test_that_an_empty_store_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no episode"):
        draw(EpisodeStore(tmp_path, 2**20), 1, 1)
    with pytest.raises(ValueError, match="no episode"):
        sample_windows(listed(tmp_path), 1, 1, np.random.default_rng(0))
