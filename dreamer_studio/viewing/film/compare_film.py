"""Films of the Compare workspace: checkpoints side by side, or one frame of each checkpoint.

Arrays that differ between checkpoints have a row for each; recorded arrays have one row for all.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from dreamer_studio.error_map import error_map
from dreamer_studio.export.curves import Plot, Trace, plot_of
from dreamer_studio.export.recipe import Recipe, Weights
from dreamer_studio.export.reel import Reel
from dreamer_studio.export.rows import ERROR_LOOK, Look, Row
from dreamer_studio.export.style import DREAM, FAINT_TEXT, MODEL, REAL
from dreamer_studio.viewing.compare.messages import CompareResult
from dreamer_studio.viewing.film.captures import CompareCapture
from dreamer_studio.viewing.film.scene_film import Facts, scene_recipe
from dreamer_studio.viewing.film.screen_history import NAN

CONTEXT = Look("context: all models saw this frame", MODEL)
OPEN_LOOP = Look("open loop: the recorded actions; no model sees this frame", DREAM)
_LINES = ((MODEL, False), (DREAM, True), (FAINT_TEXT, False), (MODEL, True), (DREAM, False), (FAINT_TEXT, True))
"""The color of each checkpoint's line, and whether the line is dashed, as in the window."""


def film_of_comparison(on_show: CompareCapture, facts: Facts, first: int, last: int) -> Reel:
    """Film columns `first` to `last` of the scene: the real frames, and those of each decoded checkpoint.

    Raises:
        ValueError: there are no such columns, or no checkpoint is drawn yet.
    """
    result, drawn = on_show.result, on_show.drawn
    if not drawn or not 0 <= first <= last < result.columns:
        raise ValueError(f"there are no frames {first + 1} to {last + 1} of {len(drawn)} checkpoints")
    cut, seen = slice(first, last + 1), np.arange(first, last + 1) < result.context
    names = [on_show.names[place] for place in drawn]
    arrays = _arrays(on_show, facts, cut)
    looks = [tuple(Look(name, MODEL if saw else DREAM) for saw in seen) for name in names]
    rows = [Row(model[None], look) for model, look in zip(arrays["model"], looks, strict=True)]
    end = int(seen.sum()) if seen.any() and not seen.all() else None
    return Reel(
        (*_title_of(result, facts.task), f"{len(drawn)} checkpoints"),
        (_real_row(result.real[cut]), *rows),
        tuple(CONTEXT if saw else OPEN_LOOP for saw in seen),
        _plots(names, arrays, end),
        int(seen.sum()),
        arrays,
        across=True,
        recipe=_recipe(on_show, facts, drawn, first, last),
    )


def film_of_lapse(on_show: CompareCapture, facts: Facts, first: int, last: int) -> Reel:
    """Film the frame under the cursor by the decoded checkpoints `first` to `last`, oldest first.

    Raises:
        ValueError: there are no such checkpoints.
    """
    result, column = on_show.result, on_show.cursor
    drawn = on_show.drawn[first : last + 1]
    if not 0 <= first <= last < len(on_show.drawn):
        raise ValueError(f"checkpoints {first + 1} to {last + 1} are not among the {len(on_show.drawn)} that are drawn")
    courses = [result.courses[place] for place in drawn]
    model = np.stack([course.model[column] for course in courses])[None]
    real = np.broadcast_to(result.real[column], model.shape)
    seen = column < result.context
    saw = "it saw this frame" if seen else f"open loop, step +{column - result.context + 1}: it does not see this frame"
    color = MODEL if seen else DREAM
    open_loops = [course.image_error[result.context :] for course in courses]
    means = [float(errors.mean()) if len(errors) else NAN for errors in open_loops]
    errors = (
        Trace("open loop, mean", MODEL, np.array([means], np.float32)),
        Trace("of this frame", DREAM, np.array([[course.image_error[column] for course in courses]], np.float32)),
    )
    return Reel(
        (
            *_title_of(result, facts.task),
            f"frame {result.first_row + column} of the episode by each checkpoint, oldest first",
        ),
        (
            _real_row(real[0]),
            Row(model, (Look("Checkpoint", color),) * len(courses)),
            Row(error_map(np.asarray(real), model), (ERROR_LOOK,) * len(courses)),
        ),
        tuple(Look(f"{on_show.names[place]}: {saw}", color) for place in drawn),
        (plot_of("Image error", errors),),
        0,
        _arrays(on_show, facts, slice(column, column + 1), drawn),
        across=True,
        recipe=_recipe(on_show, facts, drawn, column, column),
    )


def _recipe(on_show: CompareCapture, facts: Facts, drawn: tuple[int, ...], first: int, last: int) -> Recipe:
    result, request = on_show.result, on_show.result.request
    contestants = [result.courses[place].contestant for place in drawn]
    weights = tuple(
        Weights(each.update, each.step, each.path.name, each.run if each.folder != facts.run else "")
        for each in contestants
    )
    scene = scene_recipe(
        result.origin,
        context=result.context,
        length=result.columns - result.context,
        actor="recorded",
        seed=request.seed,
    )
    return facts.recipe("time-lapse" if request.lapse else "comparison", weights, scene, first, last)


def _arrays(on_show: CompareCapture, facts: Facts, cut: slice, drawn: tuple[int, ...] = ()) -> dict[str, NDArray[Any]]:
    """Return the film's arrays of some columns, and of some checkpoints or all decoded ones."""
    result, request = on_show.result, on_show.result.request
    courses = [result.courses[place] for place in drawn or on_show.drawn]
    contestants = [course.contestant for course in courses]
    columns = np.arange(result.columns)[cut]

    def each(name: str) -> NDArray[Any]:
        return np.stack([getattr(course, name)[cut] for course in courses]).astype(np.float32)

    return {
        "model": np.stack([course.model[cut] for course in courses]),
        "real": result.real[cut][None],
        "action": result.taken[cut][None],
        "reward": result.received[cut][None].astype(np.float32),
        "reward_predicted": each("reward"),
        "reward_error": each("reward_error"),
        "picture_error": each("image_error"),
        "seen": (columns < result.context)[None],
        "context": np.array(int((columns < result.context).sum())),
        "kind": np.array("time-lapse" if request.lapse else "comparison"),
        "live": np.array(result.origin.live),
        "episode": np.array(result.origin.episode),
        "test": np.array(-1 if result.origin.test is None else result.origin.test.update),
        "row": np.array(result.first_row + int(columns[0])),
        "seed": np.array(request.seed),
        "run": np.array([contestant.run for contestant in contestants]),
        "checkpoint": np.array([contestant.path.name for contestant in contestants]),
        "step": np.array([contestant.step for contestant in contestants]),
        "update": np.array([contestant.update for contestant in contestants]),
        "task": np.array(facts.task),
        "action_names": np.array(facts.action_names, np.str_),
    }


def _title_of(result: CompareResult, task: str) -> tuple[str, ...]:
    where = result.origin.words
    return task, "time-lapse" if result.request.lapse else "comparison", where, f"seed {result.request.seed}"


def _real_row(frames: NDArray[np.uint8]) -> Row:
    return Row(frames[None], (Look("Real", REAL),) * len(frames))


def _plots(names: list[str], arrays: dict[str, NDArray[Any]], end: int | None) -> tuple[Plot, ...]:
    """Plot a line for each checkpoint, as in the window; if there are too many, plot their mean."""
    plots = []
    for title, name in (("Image error", "picture_error"), ("Reward error", "reward_error")):
        errors = arrays[name]
        if len(names) > len(_LINES):
            mean = errors.mean(0, np.float32, keepdims=True)
            traces: tuple[Trace, ...] = (Trace(f"mean of {len(names)}", MODEL, mean),)
        else:
            lines = zip(names, errors, _LINES, strict=False)
            traces = tuple(Trace(label, color, row[None], dashed) for label, row, (color, dashed) in lines)
        plots.append(plot_of(title, traces, end))
    return tuple(plots)
