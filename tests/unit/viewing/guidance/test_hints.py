"""Five hints, each due when it becomes true."""

from __future__ import annotations

import pytest

from dreamer_studio.studio.actions import action
from dreamer_studio.viewing.guidance.hints import APART_SECONDS, HINTS, Facts, Hints

DUE = {
    "image": Facts(image=True),
    "dream": Facts(image=True, dream=True),
    "test": Facts(tested=True),
    "replay": Facts(episodes=1),
    "checkpoint": Facts(checkpoints=2),
}
ALL = Facts(image=True, dream=True, tested=True, episodes=1, checkpoints=2)


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.mark.parametrize("key", DUE)
def test_that_each_hint_is_due_when_it_becomes_true_and_not_before(key: str) -> None:
    others = [hint.key for hint in HINTS if hint.key != key]
    assert Hints(others).choose(Facts(checkpoints=1)) is None
    chosen = Hints(others).choose(DUE[key])
    assert chosen is not None and chosen.key == key


def test_that_a_hint_stays_until_it_is_done_and_the_next_one_waits() -> None:
    clock = Clock()
    hints = Hints((), clock)
    assert hints.choose(ALL) is hints.choose(ALL) is HINTS[0]
    hints.done("image")
    assert hints.choose(ALL) is None
    clock.now += APART_SECONDS
    assert hints.choose(ALL) is HINTS[1]


def test_that_a_seen_hint_does_not_come_back() -> None:
    assert Hints([hint.key for hint in HINTS]).choose(ALL) is None


def test_that_following_the_advice_makes_a_hint_needless_but_only_once_it_is_true() -> None:
    hints = Hints(())
    assert hints.choose(Facts(used=frozenset({"dream"}))) is None
    assert hints.seen == set()
    assert hints.choose(Facts(image=True, dream=True, used=frozenset({"dream"}))) is HINTS[0]
    assert hints.seen == {"dream"}


def test_that_the_five_hints_name_existing_actions() -> None:
    assert [hint.key for hint in HINTS] == list(DUE)
    for hint in HINTS:
        assert not hint.action or action(hint.action).text
