"""The progress of a training without a window: a bar on a terminal, plain lines in a log."""

from __future__ import annotations

import datetime
import statistics
import sys
import time
from collections.abc import Callable
from types import TracebackType
from typing import Protocol, Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from dreamer_studio.session import LastEpisode, Session, State, Status
from dreamer_studio.session.log_reader import START

LINE_SECONDS = 10.0
"""Seconds between two progress lines in a log."""

LATER_SECONDS = 60.0
"""Seconds between two progress lines after the first ten minutes."""

SOON = 600.0


class Display(Protocol):
    """A display for the progress of a training."""

    def say(self, text: str) -> None:
        """Write a text as a separate line."""

    def show(self, status: Status, *, ended: bool) -> None:
        """Show the progress, if an update of the display is due or the training has ended."""

    def close(self) -> None:
        """Close the display."""


class Follower:
    """Report the progress of a session's training on standard error.

    Args:
        session: each call of `look` reports its state.
        clock: returns seconds.
    """

    def __init__(self, session: Session, clock: Callable[[], float] = time.monotonic) -> None:
        self._session = session
        console = Console(stderr=True)
        on_screen = sys.stderr.isatty() and not console.is_dumb_terminal  # ignores settings for colors
        steps = session.status.get().config.steps
        self._display: Display = _Bar(console, steps) if on_screen else _Lines(session, clock)
        self._recoveries = 0
        self._waiting_for = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._display.close()

    def look(self, *, ended: bool = False) -> None:
        """Report news."""
        recoveries, self._recoveries = self._session.recoveries.since(self._recoveries)
        for recovered in recoveries:
            self._display.say(recovered.text)
        status = self._session.status.get()
        waiting_for = status.failure.text if status.state is State.WAITING and status.failure else ""
        if waiting_for and waiting_for != self._waiting_for:
            self._display.say(f"training waits and will continue by itself: {waiting_for}")
        elif self._waiting_for and status.state is State.RUNNING:
            self._display.say("training continues")
        self._waiting_for = waiting_for
        self._display.show(status, ended=ended)


class _Bar:
    """Redraw a line of a terminal."""

    def __init__(self, console: Console, steps: int) -> None:
        columns = (
            TextColumn("{task.description:<12}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[more]}"),
        )
        self._progress = Progress(*columns, TimeRemainingColumn(), console=console)
        self._bar = self._progress.add_task("opening", total=steps, more="")
        self._progress.start()

    def say(self, text: str) -> None:
        self._progress.console.print(f"dreamer-studio: {text}", markup=False, highlight=False, soft_wrap=True)

    def show(self, status: Status, *, ended: bool) -> None:
        more = f"{status.update} updates"
        if status.last_return is not None:
            more += f", {_in_words(status.last_return)}"
        word = "prefill" if status.prefill else "training"
        self._progress.update(self._bar, description=word, completed=status.step, more=more)

    def close(self) -> None:
        self._progress.stop()


class _Lines:
    """Write a line with the time for each event, and a progress line now and then."""

    def __init__(self, session: Session, clock: Callable[[], float]) -> None:
        self._session = session
        self._clock = clock
        self._began = self._written_at = clock()
        self._place = START
        self._before: Status | None = None

    def say(self, text: str) -> None:
        sys.stderr.write(f"{datetime.datetime.now():%Y-%m-%d %H:%M:%S}  {text}\n")
        sys.stderr.flush()

    def show(self, status: Status, *, ended: bool) -> None:
        if status.state is State.OPENING:
            return
        before, self._before = self._before, status
        rows, self._place = self._session.rows_since(self._place)
        if before is None:  # the rows are from earlier sessions
            config = status.config
            self.say(f"{config.task} ({config.preset}) on {status.device}, in {status.folder}; {_how_far(status)}")
            return
        if before.prefill and not status.prefill:
            self.say(f"the prefill is done: learning begins at step {status.step:,}")
        tested = [row["return"] for row in rows if row["kind"] == "test"]
        if tested:
            self.say(f"test: return {statistics.fmean(tested):.1f}")
        if status.saved is not None and status.saved != before.saved:
            self.say(f"checkpoint at update {status.saved[0]:,}")
        now = self._clock()
        pace = LINE_SECONDS if now - self._began < SOON else LATER_SECONDS
        if ended or (status.state is State.RUNNING and now - self._written_at >= pace):
            self._written_at = now
            self.say(_how_far(status))

    def close(self) -> None:
        pass


def _in_words(last: LastEpisode) -> str:
    return f"return {last.total_reward:.1f}" + (f" ({last.end})" if last.end is not None else "")


def _how_far(status: Status) -> str:
    """Describe the progress and the speed of a training in half a line."""
    steps = status.config.steps
    words = [f"step {status.step:,} of {steps:,} ({100 * status.step // steps}%)"]
    words.append("prefill" if status.prefill else f"update {status.update:,}")
    if status.last_return is not None:
        words.append(_in_words(status.last_return))
    if status.steps_per_s:
        words.append(f"{status.steps_per_s:.1f} steps/s")
    if status.seconds_left:
        words.append(f"{datetime.timedelta(seconds=round(status.seconds_left))} left")
    return ", ".join(words)
