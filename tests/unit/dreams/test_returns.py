"""The discounted return that an episode brought."""

from __future__ import annotations

import numpy as np
import pytest

from dreamer_studio.dreams.returns import MOST_MISSING, MOST_ROWS, received_return, rows_that_count


def test_that_a_return_sums_the_rewards_from_its_row_on_each_discounted_once_more() -> None:
    reward = np.random.default_rng(0).normal(size=40)
    came = received_return(reward, 0.9, terminal=True)
    for row in range(40):
        expected = sum(0.9**later * reward[row + later] for later in range(40 - row))
        assert came.value[row] == pytest.approx(expected)
    assert came.value[-1] == reward[-1]


def test_that_nothing_is_missing_after_a_terminal_state_only() -> None:
    reward = np.ones(100)
    assert received_return(reward, 0.99, terminal=True).complete.all()
    cut = received_return(reward, 0.9, terminal=False)
    whole = 1 / (1 - 0.9)
    np.testing.assert_allclose(cut.missing, 1 - cut.value / whole)  # of a constant reward, this share is missing
    assert cut.complete[0] and not cut.complete[-1]
    assert cut.complete.tolist() == (cut.missing <= MOST_MISSING).tolist()


def test_that_the_first_rows_keep_their_returns() -> None:
    came = received_return(np.arange(9.0), 0.5, terminal=False)
    np.testing.assert_array_equal(came.first(3).value, came.value[:3])
    np.testing.assert_array_equal(came.first(3).missing, came.missing[:3])
    assert len(came.first(3)) == 3


@pytest.mark.parametrize("discount", [0.0, 0.5, 0.99, 0.9999, 1.0])
def test_that_enough_rows_are_read_for_a_complete_return(discount: float) -> None:
    rows = rows_that_count(discount)
    assert 1 <= rows <= MOST_ROWS
    if rows < MOST_ROWS:
        assert received_return(np.ones(rows), discount, terminal=False).complete[0]
