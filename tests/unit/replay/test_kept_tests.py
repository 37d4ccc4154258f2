"""The stored episodes of tests."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from dreamer_studio.replay import GrowingStates, keep_test, kept_tests, read_tests
from tests.support.episodes import grown, make_episode, same


def stored(folder: Path) -> list[tuple[int, int]]:
    return [(test.update, len(test.rows)) for test in read_tests(folder, 100, action_size=2)]


def test_that_the_episodes_of_tests_are_read_as_they_were_played(tmp_path: Path) -> None:
    one, other = make_episode(1, 7), make_episode(2, 9)
    keep_test(tmp_path / "tests", 20, 0, [grown(one), grown(other)])
    keep_test(tmp_path / "tests", 100, 0, [grown(one)])
    assert stored(tmp_path / "tests") == [(100, 7), (20, 7), (20, 9)]
    assert same(next(read_tests(tmp_path / "tests", 100, action_size=2)).rows, one)
    assert [len(test.rows) for test in read_tests(tmp_path / "tests", 5, action_size=2)] == [5, 5, 5]


def test_that_the_states_of_the_simulator_are_kept_where_they_are_known(tmp_path: Path) -> None:
    known, unknown = grown(make_episode(1, 7)), grown(make_episode(2, 9))
    known.states = GrowingStates()
    for row in range(7):
        known.states.append(np.array([row, 2.0 * row]))
    keep_test(tmp_path, 20, 0, [known, unknown])
    first, second = read_tests(tmp_path, 5, action_size=2)
    assert first.states is not None
    assert first.states.tolist() == [[row, 2.0 * row] for row in range(5)]
    assert second.states is None


def test_that_a_folder_without_tests_has_none(tmp_path: Path) -> None:
    assert stored(tmp_path / "tests") == []


def test_that_only_the_newest_episodes_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_tests, "MOST_EPISODES", 3)
    for update in (10, 20, 30):
        keep_test(tmp_path, update, 0, [grown(make_episode(1, 5)), grown(make_episode(2, 6))])
    assert stored(tmp_path) == [(30, 5), (30, 6)]
    keep_test(tmp_path, 40, 0, [grown(make_episode(1, rows)) for rows in (5, 6, 7, 8)])
    assert stored(tmp_path) == [(40, 5), (40, 6), (40, 7)]


def test_that_the_bytes_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keep_test(tmp_path, 10, 0, [grown(make_episode(1, 40))])
    (file,) = tmp_path.rglob("*.zst")
    monkeypatch.setattr(kept_tests, "MOST_BYTES", int(1.5 * file.stat().st_size))
    keep_test(tmp_path, 20, 0, [grown(make_episode(1, 40)), grown(make_episode(1, 40))])
    assert stored(tmp_path) == [(20, 40)]


def test_that_a_test_played_again_takes_the_place_of_undone_ones(tmp_path: Path) -> None:
    for update in (10, 20, 30):
        keep_test(tmp_path, update, 0, [grown(make_episode(1, 5))])
    keep_test(tmp_path, 20, 0, [grown(make_episode(1, 6))])
    assert stored(tmp_path) == [(20, 6), (10, 5)]


def test_that_a_damaged_episode_is_left_out(tmp_path: Path) -> None:
    keep_test(tmp_path, 10, 0, [grown(make_episode(1, 5)), grown(make_episode(2, 6))])
    sorted(tmp_path.rglob("*.zst"))[0].write_bytes(b"no episode")
    assert stored(tmp_path) == [(10, 6)]


def test_that_a_strangers_episodes_with_other_actions_are_left_out(tmp_path: Path) -> None:
    keep_test(tmp_path, 10, 0, [grown(make_episode(1, 5))])
    assert list(read_tests(tmp_path, 100, action_size=3)) == []


def test_that_no_more_episodes_are_read_than_a_run_keeps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for update in (10, 20):
        keep_test(tmp_path, update, 0, [grown(make_episode(1, 5)), grown(make_episode(1, 6))])
    monkeypatch.setattr(kept_tests, "MOST_EPISODES", 3)
    assert stored(tmp_path) == [(20, 5), (20, 6), (10, 5)]


def test_that_two_tests_at_the_same_update_both_stay(tmp_path: Path) -> None:
    keep_test(tmp_path, 10, 0, [grown(make_episode(1, 5)), grown(make_episode(2, 6))])
    keep_test(tmp_path, 10, 2, [grown(make_episode(3, 7)), grown(make_episode(4, 8))])
    assert stored(tmp_path) == [(10, 5), (10, 6), (10, 7), (10, 8)]
    keep_test(tmp_path, 10, 2, [grown(make_episode(3, 9))])  # played again
    assert stored(tmp_path) == [(10, 5), (10, 6), (10, 9)]


def test_that_an_earlier_test_of_the_update_makes_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_tests, "MOST_EPISODES", 3)
    for first in (0, 2):
        keep_test(tmp_path, 10, first, [grown(make_episode(1, 5 + first)), grown(make_episode(2, 6 + first))])
    assert stored(tmp_path) == [(10, 7), (10, 8)]
