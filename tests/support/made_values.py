"""Values for the window to show, made from a fixed generator without training or weights."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from dreamer_studio.envs import End
from dreamer_studio.session import State, Status
from dreamer_studio.viewing.compare.messages import CompareRequest, CompareResult, Contestant, Course
from dreamer_studio.viewing.frame_ref import FrameRef
from dreamer_studio.viewing.live.messages import DreamResult, EpisodeLines, LiveResult
from dreamer_studio.viewing.practice.messages import PracticeResult
from dreamer_studio.viewing.replay.catalog import UNKNOWN_END, Catalog, Running
from tests.support.idle_session import CONFIG, SPEC
from tests.support.made_run import made_images


def made_status(**changes: Any) -> Status:
    """Return the status of a training that runs and learns."""
    status = Status(
        State.RUNNING, "collecting", CONFIG, Path("run"), "cpu", spec=SPEC, step=600, update=9, prefill=False
    )
    return replace(status, **changes)


def made_practice(update: int = 7, *, count: int = 3, horizon: int = 5, terminal: int | None = None) -> PracticeResult:
    """Return `count` rollouts of `horizon` steps; the start of number `terminal` is a terminal state."""
    draw = np.random.default_rng(update)
    weights = 0.9 ** np.arange(horizon - 1) * np.ones((count, 1))
    if terminal is not None:
        weights[terminal] = 0
    return PracticeResult(
        update,
        60,
        made_images(count * (horizon + 1), update).reshape(count, horizon + 1, 64, 64, 3),
        draw.normal(size=(count, horizon)),
        draw.normal(size=(count, horizon)),
        draw.normal(size=(count, horizon - 1)),
        weights,
    )


def made_live(
    index: int = 3, *, drawn: bool = True, end: End | None = None, finished: EpisodeLines | None = None
) -> LiveResult:
    """Return episode 2 at row `index`: all pixels and all series have the number of the row.

    Args:
        index: the newest row, below 256.
        drawn: whether there is a reconstruction; its pixels are half as bright.
        end: how the episode ended at this row.
        finished: the episode before.
    """
    image = np.full((64, 64, 3), index % 256, np.uint8)
    rows = np.arange(index + 1.0)
    action = np.full(1, index, np.float32)
    numbers = rows, rows, rows, rows, 0.5
    return LiveResult(2, index, image, action, image // 2 if drawn else None, 7, 1.5, *numbers, end, finished)


def made_finished(length: int = 9, *, end: End = "terminated") -> EpisodeLines:
    """Return episode 1 with `length` steps, a reward of 1 for each."""
    x = np.arange(length + 1.0)
    return EpisodeLines(1, x, np.ones(length + 1), x + 10, x + 20, end)


def made_dream(index: int = 0, *, episode: int = 0, length: int = 4, decoded: int = 2) -> DreamResult:
    """Return a dream from a row: all pixels are 9, and its rewards and values count its steps from 0."""
    steps = np.arange(float(length))
    frames = np.full((decoded, 64, 64, 3), 9, np.uint8)
    return DreamResult(1, episode, index, 3, frames, np.zeros((length, 1), np.float32), steps, steps)


def made_contestants(count: int, folder: Path = Path("run")) -> tuple[Contestant, ...]:
    """Return checkpoints of a run folder, saved at step and update 0, 1, 2, ..."""
    return tuple(Contestant(folder / f"checkpoints/{place}", folder.name, place, place) for place in range(count))


def made_comparison(
    contestants: tuple[Contestant, ...], *, decoded: int = 6, lapse: bool = False, left_out: tuple[str, ...] = ()
) -> CompareResult:
    """Return rows 10 to 15 of episode 4 as checkpoints draw them; the models saw the first two.

    Real pixels are 200, those of a checkpoint have the number of its step, and received rewards count the columns. The
    image errors of the checkpoint at `place` are `place`, `place` + 0.1, ..., its reward errors are ten times as large.

    Args:
        contestants: the checkpoints.
        decoded: images of the last checkpoint; the others have all six.
        lapse: whether this is a time-lapse.
        left_out: a line for each checkpoint that cannot be shown.
    """
    columns = np.arange(6.0)
    courses = []
    for place, contestant in enumerate(contestants):
        there = decoded if contestant is contestants[-1] else len(columns)
        model = np.full((there, 64, 64, 3), contestant.step, np.uint8)
        error = place + columns / 10
        courses.append(Course(contestant, model, error[:there], columns + error, 10 * error))
    request = CompareRequest(contestants, FrameRef(False, 4, 11), 2, 4, 3, lapse)
    real, taken = np.full((6, 64, 64, 3), 200, np.uint8), np.zeros((6, 1), np.float32)
    whole = decoded == len(columns)
    return CompareResult(request, request.origin, 2, real, columns, taken, tuple(courses), left_out, whole)


def made_catalog(*numbers: int, rows: int = 20, running: Running | None = None) -> Catalog:
    """Return stored training episodes with these numbers and equal lengths, whose files are not read yet."""
    count = len(numbers)
    return Catalog(
        np.array(numbers, np.int64),
        np.full(count, rows - 1),
        np.full(count, rows - 1),
        np.zeros(count, np.bool_),
        np.full(count, np.nan),
        np.full(count, UNKNOWN_END),
        frozenset(),
        running,
        None,
    )
