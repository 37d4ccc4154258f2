"""Words for runs in the list: returns, ages, progress, and a whole run in one line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from dreamer_studio.library.entry import RunEntry
from dreamer_studio.library.groups.grouping import RunGroup
from dreamer_studio.runs.best import CAUTION
from dreamer_studio.texts import duration_words

JUST_NOW_SECONDS: Final = 60.0


def return_words(value: float) -> str:
    """Return a return with about three digits, such as "240", "-33.5" or "0.87"."""
    digits = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2
    return f"{value:,.{digits}f}"


def age_words(seconds: float) -> str:
    """Return an age, such as "just now", "4 min ago" or "yesterday"."""
    if seconds < JUST_NOW_SECONDS:
        return "just now"
    words = duration_words(seconds)
    return "yesterday" if words == "1 day" else f"{words} ago"


def reached_words(entry: RunEntry) -> str:
    """Return the progress of a run, such as "step 61,240 of 200,000, test return 240"."""
    steps = f"step {entry.step:,} of {entry.steps:,}" if entry.steps else f"step {entry.step:,}"
    if entry.last_test is not None:
        return f"{steps}, test return {return_words(entry.last_test)}"
    return steps if entry.last_return is None else f"{steps}, return {return_words(entry.last_return)} in training"


def best_words(entry: RunEntry) -> str:
    """Return the best checkpoint of a run in a line, with a caution; empty without one."""
    best = entry.best
    return "" if best is None else f"Best checkpoint: step {best.step:,}, test: {best.score} ({CAUTION})"


def summary(entry: RunEntry, now: float) -> str:
    """Return a run in one spoken line."""
    parts = (entry.title, entry.task, entry.preset, reached_words(entry), entry.state_words(now))
    return ", ".join(part for part in (*parts, age_words(now - entry.changed)) if part)


def trend_words(tests: Sequence[float]) -> str:
    """Return a series of tests in words, for screen readers."""
    if not tests:
        return "no tests yet"
    first, last, low, high = map(return_words, (tests[0], tests[-1], min(tests), max(tests)))
    return f"{len(tests)} tests, first {first}, last {last}, lowest {low}, highest {high}"


def group_summary(group: RunGroup, *, folded: bool) -> str:
    """Return a group in one spoken line."""
    tests = f"{tested_words(group)}, {iqm_words(group)}" if group.tested else "no tests yet"
    parts = (group.name, group.task, group.settings, f"{len(group.runs)} seeds", tests, group.state_words())
    return ", ".join(part for part in (*parts, "folded" if folded else "unfolded") if part)


def tested_words(group: RunGroup) -> str:
    """Return how many runs of a group have a test, such as "3 of 5 tested"."""
    return f"{len(group.tested)} of {len(group.runs)} tested"


def iqm_words(group: RunGroup) -> str:
    """Return the interquartile mean of the newest tests, such as "IQM of the newest tests 240"."""
    value = group.last_test
    return "" if value is None else f"IQM of the newest tests {return_words(value)}"
