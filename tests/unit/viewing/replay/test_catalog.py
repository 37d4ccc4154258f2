"""Which episodes a filter leaves, and in which order."""

from __future__ import annotations

import numpy as np
import pytest

from dreamer_studio.viewing.replay.catalog import (
    RUNNING,
    UNKNOWN_END,
    Catalog,
    Column,
    FilterError,
    Running,
    arrange,
    parse_filter,
)


def catalog(running: Running | None = None) -> Catalog:
    """Return a list of six episodes. Two earlier ones are gone, and the return of the fifth is unknown."""
    return Catalog(
        np.array([0, 1, 2, 5, 6, 7]),
        np.array([100, 20, 100, 50, 30, 70]),
        np.array([200, 40, 200, 100, 60, 140]),
        np.array([True, True, False, False, False, False]),
        np.array([-5.0, 3.0, 12.5, 3.0, np.nan, 100.0]),
        np.array([0, 0, 1, UNKNOWN_END, 2, 0]),
        frozenset(),
        running,
        None,
    )


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("", [0, 1, 2, 3, 4, 5]),
        ("2-6", [2, 3, 4]),
        ("5", [3]),
        ("3-4", []),
        ("prefill", [0, 1]),
        ("Training length<=50", [3, 4]),
        ("return>3", [2, 5]),
        ("return>=3  return<100", [1, 2, 3]),
        ("return<0", [0]),
        ("return=12.5", [2]),
        ("steps>140 episode<1", [0]),
        ("running", []),
        ("terminated", [0, 1, 5]),
        ("truncated", [2]),
        ("cut length=30", [4]),
    ],
)
def test_that_every_word_of_a_filter_must_hold(text: str, places: list[int]) -> None:
    assert arrange(catalog(), parse_filter(text), "episode", descending=False).tolist() == places


@pytest.mark.parametrize(
    "text", ["return", "return>", "return>x", "reward>3", "3-", "-3", "source=prefill", "end=1", "1-2-3"]
)
def test_that_an_invalid_condition_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(FilterError, match=r"is not a condition. Try return>100"):
        parse_filter(text)


@pytest.mark.parametrize(
    ("column", "descending", "places"),
    [
        ("episode", True, [5, 4, 3, 2, 1, 0]),
        ("return", False, [0, 1, 3, 2, 5, 4]),
        ("return", True, [5, 2, 1, 3, 0, 4]),
        ("length", False, [1, 4, 3, 5, 0, 2]),
        ("source", False, [0, 1, 2, 3, 4, 5]),
    ],
)
def test_that_episodes_are_sorted_by_any_column_with_unknown_returns_last(
    column: Column, descending: bool, places: list[int]
) -> None:
    assert arrange(catalog(), (), column, descending=descending).tolist() == places


def test_that_the_running_episode_is_first_if_it_passes_the_filter() -> None:
    running = catalog(Running(6, 0, 11, 20, 4.0))
    assert arrange(running, (), "return", descending=False)[0] == RUNNING
    assert arrange(running, parse_filter("running length=10"), "episode", descending=True).tolist() == [RUNNING]
    assert RUNNING not in arrange(running, parse_filter("return>5"), "episode", descending=True)
    begun_before = catalog(Running(6, 500, 600, None, None))
    assert RUNNING not in arrange(begun_before, parse_filter("steps>0"), "episode", descending=True)
