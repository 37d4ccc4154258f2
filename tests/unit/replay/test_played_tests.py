"""The test episodes that the window has played."""

from __future__ import annotations

from dreamer_studio.replay import PlayedTest, PlayedTests
from dreamer_studio.replay.played_tests import MOST_PLAYED
from tests.support.episodes import grown, make_episode


def test_that_episodes_are_found_by_their_weights_and_number() -> None:
    kept, one, other = PlayedTests(), grown(make_episode(1, 5)), grown(make_episode(2, 5))
    assert kept.next_number(40) == 0
    kept.add(PlayedTest(40, 0, one))
    kept.add(PlayedTest(50, 0, other))
    assert kept.get(40, 0) is one and kept.get(50, 0) is other and kept.get(50, 1) is None
    assert kept.next_number(40) == 1


def test_that_the_oldest_episode_makes_room() -> None:
    kept, episode = PlayedTests(), grown(make_episode(1, 5))
    for number in range(MOST_PLAYED + 1):
        kept.add(PlayedTest(40, number, episode))
    assert len(kept.all) == MOST_PLAYED
    assert kept.get(40, 0) is None and kept.next_number(40) == MOST_PLAYED + 1
