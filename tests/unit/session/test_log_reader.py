"""Readers of a log that is reopened while they read."""

from __future__ import annotations

from dreamer_studio.runs.history import RowHistory
from dreamer_studio.runs.rows import Row
from dreamer_studio.session import START
from dreamer_studio.session.log_reader import LogReader


def history_of(last: int) -> RowHistory[Row]:
    history: RowHistory[Row] = RowHistory()
    for update in range(1, last + 1):
        history.append("update", {"kind": "update", "update": update})
    return history


def updates(rows: list[Row]) -> list[int]:
    return [row["update"] for row in rows]


def test_that_a_reader_gets_new_rows_and_all_rows_once_the_log_was_reopened() -> None:
    log = LogReader()
    assert log.since(START) == ([], START)
    log.take(history_of(5))
    rows, first = log.since(START)
    assert updates(rows) == [1, 2, 3, 4, 5]
    assert log.since(first) == ([], first)
    log.take(history := history_of(3))
    history.append("update", {"kind": "update", "update": 4})
    rows, second = log.since(first)
    assert updates(rows) == [1, 2, 3, 4]
    assert second.opening != first.opening
    history.append("update", {"kind": "update", "update": 5})
    assert updates(log.since(second)[0]) == [5]
