"""Readers of a log that is opened anew under their eyes."""

from __future__ import annotations

import pytest

from dreamer_studio.session.log import Log
from dreamer_studio.training.history import NEWEST, History
from dreamer_studio.training.metrics import Row


def history_of(rows: list[Row]) -> History[Row]:
    history: History[Row] = History()
    for row in rows:
        history.append(row["kind"], row)
    return history


def trained(first: int, last: int) -> list[Row]:
    """Updates, and after every tenth an episode."""
    kinds = ((update, kind) for update in range(first, last + 1) for kind in ("update", "train"))
    return [{"kind": kind, "update": update} for update, kind in kinds if kind == "update" or update % 10 == 0]


def without(rows: list[Row], update: int) -> list[Row]:
    """The rows that stand when going back to an update."""
    return [row for row in rows if row["kind"] == "train" or row["update"] <= update]


@pytest.mark.parametrize("most", [200, 4 * NEWEST])
def test_that_each_reader_goes_on_at_the_first_row_that_it_lacks_however_often_one_goes_back(most: int) -> None:
    log, half = Log(), most // 2
    first = trained(1, most)
    log.take(history_of(first), 0)
    second = without(first, half)
    log.take(history := history_of(second), half)
    assert log.since(len(first)) == ([], len(first))
    for row in trained(half + 1, half + 50):
        second.append(row)
        history.append(row["kind"], row)
    number = len(first) + len(trained(half + 1, half + 50))
    assert log.since(len(first)) == (trained(half + 1, half + 50), number)
    third = without(second, half + 20)
    log.take(history_of(third), half + 20)
    for read in range(0, len(first) + 1, most // 50):
        known = without(first[:read], half)
        assert log.since(read) == (third[len(known) :], number), read
    assert log.since(number) == ([], number)


def test_that_a_log_that_is_not_open_yet_has_no_rows() -> None:
    assert Log().since(3) == ([], 3)
