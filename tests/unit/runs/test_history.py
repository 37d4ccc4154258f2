"""Which rows a history keeps of a long training."""

import itertools

from dreamer_studio.runs.history import NEWEST, OLDER, OLDER_OF_ANOTHER_KIND, RowHistory


def grown(*counts: tuple[str, int]) -> RowHistory[int]:
    """Return a history of items 0, 1, 2, ..., with this many of each kind in turn."""
    history: RowHistory[int] = RowHistory()
    number = 0
    for kind, count in counts:
        for _ in range(count):
            history.append(kind, number)
            number += 1
    return history


def test_that_a_reader_gets_each_item_once() -> None:
    history, seen, number = grown(("update", 5)), [], 0
    for item in range(5, 3 * NEWEST):
        if item % 7 == 0:
            new, number = history.since(number)
            seen += new
        history.append("update" if item % 3 else "train", item)
    new, number = history.since(number)
    assert seen + new == list(range(3 * NEWEST))
    assert number == 3 * NEWEST
    assert history.since(number) == ([], number)
    assert history.since(number - 2) == ([number - 2, number - 1], number)


def test_that_updates_are_thinned_evenly_over_the_whole_time_and_the_newest_are_all_kept() -> None:
    count = 300_000
    items, number = grown(("update", count)).since(0)
    assert number == count
    assert items[-NEWEST:] == list(range(count - NEWEST, count))
    older = items[:-NEWEST]
    gaps = {after - before for before, after in itertools.pairwise(older)}
    assert OLDER["update"] / 2 < len(older) <= OLDER["update"]
    assert older[0] == 0 and len(gaps) == 1 and older[-1] + gaps.pop() >= count - NEWEST


def test_that_episodes_are_kept_while_updates_are_thinned() -> None:
    history: RowHistory[int] = RowHistory()
    for number in range(100_000):
        history.append("train" if number % 20 == 0 else "update", number)
    items, _ = history.since(0)
    assert items == sorted(items)
    assert [item for item in items if item % 20 == 0] == list(range(0, 100_000, 20))
    assert len(items) < 5000 + NEWEST + OLDER["update"]


def test_that_episodes_are_bounded_too() -> None:
    items, _ = grown(("train", 100_000)).since(0)
    assert len(items) <= OLDER_OF_ANOTHER_KIND + NEWEST


def test_that_the_last_of_a_kind_is_known_even_after_it_was_thinned_away() -> None:
    history = grown(("test", OLDER_OF_ANOTHER_KIND + 2), ("update", 2 * NEWEST))
    assert OLDER_OF_ANOTHER_KIND + 1 not in history.since(0)[0]
    assert history.last("test") == OLDER_OF_ANOTHER_KIND + 1
    assert history.last("train") is None


def test_that_a_mapped_history_is_thinned_like_its_original() -> None:
    original = grown(("train", 50), ("update", 20_000))
    mapped = original.map(str)
    for number in range(20_050, 50_000):
        original.append("update", number)
        mapped.append("update", str(number))
    items, number = original.since(0)
    assert mapped.since(0) == ([str(item) for item in items], number)
    assert mapped.last("train") == "49"
    assert original.map(lambda item: None if item % 2 else item).since(0)[0] == [i for i in items if i % 2 == 0]
