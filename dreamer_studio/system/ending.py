"""Signals that ask the program to end: from the keyboard, a job manager, or a closing terminal."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Callable, Iterator
from types import FrameType
from typing import NoReturn


def ending_signals() -> tuple[signal.Signals, ...]:
    """List the signals that ask this process to end.

    An ignored SIGHUP is left out: `nohup` lets a program outlive its terminal.
    """
    hangup = getattr(signal, "SIGHUP", None)
    if hangup is None or signal.getsignal(hangup) is signal.SIG_IGN:
        return (signal.SIGINT, signal.SIGTERM)
    return (signal.SIGINT, signal.SIGTERM, hangup)


@contextlib.contextmanager
def ending_in_order(begin: Callable[[], None], end_at_once: Callable[[int], NoReturn]) -> Iterator[list[int]]:
    """Begin to end at the first signal, and end at once at an urgent second one.

    A closing terminal, `timeout` and systemd send more than one signal for a single request. So a second signal is
    urgent only if it or the first is Ctrl+C, and never if it is SIGHUP.

    Args:
        begin: called at the first signal, in the main thread, between any two instructions.
        end_at_once: called with the number of an urgent second signal.

    Yields:
        the list of received signals.
    """
    came: list[int] = []

    def handle(number: int, _: FrameType | None) -> None:
        came.append(number)
        if len(came) == 1:
            begin()
        elif signal.SIGINT in (came[0], number) and number != getattr(signal, "SIGHUP", None):
            end_at_once(number)

    before = [(number, signal.signal(number, handle)) for number in ending_signals()]
    try:
        yield came
    finally:
        for number, handler in before:
            signal.signal(number, handler)
