"""The tests on record in checkpoints: which checkpoint is the best, and which one a user's word names. No torch."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from dreamer_studio.files import read_json_object
from dreamer_studio.numerals import whole_number
from dreamer_studio.runs.checkpoint_names import number_of, progress_of
from dreamer_studio.runs.errors import InputError

TEST_FILE: Final = "test.json"
"""The file of a checkpoint with the returns of the test that its weights played."""

NEWEST: Final = "newest"
BEST: Final = "best"

CAUTION: Final = "the best of many noisy tests is biased upward; new episodes (eval) tell more"
"""Shown with every score of the best checkpoint."""

MOST_RETURNS: Final = 1_000
_MOST_BYTES: Final = 2**16


@dataclass(frozen=True)
class TestScore:
    """The result of a test.

    Attributes:
        mean: of the returns.
        episodes: number of returns.
    """

    __test__ = False  # not for pytest

    mean: float
    episodes: int

    @classmethod
    def of(cls, returns: Sequence[float]) -> TestScore | None:
        """Return the score of these returns, or None if there are none or their mean is not finite."""
        mean = sum(returns) / len(returns) if returns else math.nan
        return cls(mean, len(returns)) if math.isfinite(mean) else None

    def __str__(self) -> str:
        episodes = "episode" if self.episodes == 1 else "episodes"
        return f"mean return {self.mean:,.1f} over {self.episodes:,} {episodes}"


@dataclass(frozen=True)
class BestCheckpoint:
    """The best checkpoint of a run: its folder, and the score of the test on record."""

    path: Path
    score: TestScore

    @property
    def step(self) -> int:
        """Return the environment step at which it was saved."""
        return progress_of(self.path)[0]


def pack_returns(returns: Sequence[float]) -> bytes:
    """Return the content of `TEST_FILE` for these returns."""
    return (json.dumps({"returns": list(returns)}) + "\n").encode()


def read_returns(checkpoint: Path) -> tuple[float, ...]:
    """Return the returns of the test on record in a checkpoint; none if there is no readable record."""
    returns = read_json_object(checkpoint / TEST_FILE, _MOST_BYTES).get("returns")
    if not isinstance(returns, list) or len(returns) > MOST_RETURNS:
        return ()
    if not all(type(value) in {int, float} for value in returns):
        return ()
    try:
        numbers = tuple(map(float, returns))
    except OverflowError:  # a whole number that no float holds
        return ()
    return numbers if all(map(math.isfinite, numbers)) else ()


def find_best(checkpoints: Sequence[Path]) -> BestCheckpoint | None:
    """Return the checkpoint whose test has the highest mean return, the newest of equal ones; None without tests.

    Args:
        checkpoints: of one run.
    """
    scores = ((path, TestScore.of(read_returns(path))) for path in checkpoints)
    tested = (BestCheckpoint(path, score) for path, score in scores if score is not None)
    return max(tested, key=lambda each: (each.score.mean, number_of(each.path)), default=None)


def choose(checkpoints: Sequence[Path], which: str) -> Path:
    """Return the checkpoint that a word names: ``newest``, ``best``, or an environment step.

    Args:
        checkpoints: of one run, oldest first; at least one.
        which: the word.

    Raises:
        InputError: there is no such checkpoint; the message lists steps of those that exist.
    """
    if which == NEWEST:
        return checkpoints[-1]
    if which == BEST:
        best = find_best(checkpoints)
        if best is None:
            raise InputError(
                "no checkpoint of this run has a test on record, so there is no best one (earlier versions recorded "
                f"no tests); name an environment step: {_steps_in_words(checkpoints)}"
            )
        return best.path
    step = step_of(which)
    found = [path for path in checkpoints if progress_of(path)[0] == step]
    if not found:
        raise InputError(f"there is no checkpoint at step {step:,}; there are {_steps_in_words(checkpoints, step)}")
    return found[-1]


def step_of(which: str) -> int:
    """Read an environment step.

    Raises:
        InputError: the text is no whole number.
    """
    try:
        return whole_number(which)
    except ValueError as error:
        raise InputError(f"a checkpoint is {NEWEST}, {BEST} or an environment step, not {which!r}") from error


def _steps_in_words(checkpoints: Sequence[Path], near: int | None = None, most: int = 6) -> str:
    """List the steps of checkpoints: the nearest to a step, or the newest."""
    steps = {progress_of(path)[0] for path in checkpoints}
    nearest = sorted(steps, key=lambda step: -step if near is None else abs(step - near))[:most]
    return ", ".join(map(str, sorted(nearest)))
