"""Signals that ask the program to end."""

from __future__ import annotations

import os
import signal
import sys
from typing import NoReturn

import pytest

from dreamer_studio.system.ending import ending_in_order, ending_signals

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there are no such signals")

INTERRUPT, TERMINATE = signal.SIGINT, signal.SIGTERM
HANG_UP = signal.SIGHUP if sys.platform != "win32" else signal.SIGTERM


class EndedError(Exception):
    """Stands for the end of the process."""


def end(number: int) -> NoReturn:
    raise EndedError(number)


@pytest.mark.parametrize(
    "signals",
    [(TERMINATE, TERMINATE), (HANG_UP, HANG_UP, TERMINATE), (TERMINATE, HANG_UP), (INTERRUPT, HANG_UP)],
    ids=["timeout", "a terminal", "systemd", "a terminal after Ctrl+C"],
)
def test_that_signals_that_are_sent_together_count_as_one_request(signals: tuple[signal.Signals, ...]) -> None:
    begun: list[bool] = []
    with ending_in_order(lambda: begun.append(True), end) as came:
        for number in signals:
            os.kill(os.getpid(), number)
    assert begun == [True] and came == list(signals)


@pytest.mark.parametrize(
    "signals", [(INTERRUPT, INTERRUPT), (INTERRUPT, TERMINATE), (TERMINATE, INTERRUPT), (HANG_UP, HANG_UP, INTERRUPT)]
)
def test_that_a_second_signal_ends_at_once_if_one_of_both_is_ctrl_c(signals: tuple[signal.Signals, ...]) -> None:
    with ending_in_order(lambda: None, end):
        for number in signals[:-1]:
            os.kill(os.getpid(), number)
        with pytest.raises(EndedError, match=str(int(signals[-1]))):
            os.kill(os.getpid(), signals[-1])


def test_that_a_hangup_switched_off_by_nohup_stays_ignored() -> None:
    before = signal.signal(HANG_UP, signal.SIG_IGN)
    try:
        assert HANG_UP not in ending_signals()
        with ending_in_order(lambda: end(0), end) as came:
            os.kill(os.getpid(), HANG_UP)
    finally:
        signal.signal(HANG_UP, before)
    assert came == [] and HANG_UP in ending_signals()
