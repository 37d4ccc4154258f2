"""Films of the last seconds of the screen, from any workspace.

As in other films, the first axis of the arrays counts sequences; it has length 1.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from dreamer_studio.export.curves import Trace
from dreamer_studio.export.recipe import Recipe
from dreamer_studio.export.reel import Reel
from dreamer_studio.export.rows import DREAMED, MODEL_SAW_IT, Look, Row
from dreamer_studio.export.style import DREAM, MODEL, REAL
from dreamer_studio.viewing.film.compare_film import CONTEXT, OPEN_LOOP
from dreamer_studio.viewing.film.scene_film import (
    SAW,
    UNSEEN,
    Facts,
    Series,
    compared_rows,
    curves_of,
    edits_in_words,
    frames_of,
    scene_recipe,
    series_of,
)
from dreamer_studio.viewing.film.screen_history import Moment, last_seconds

LIVE = Look("live: the model saw this frame; it does not see the dream", MODEL)
LIVE_UNSEEN = Look("live: the model has learned nothing yet", REAL)

_FACTS = ("workspace", "episode", "row", "seed", "actor")


def film_of_moments(moments: tuple[Moment, ...], facts: Facts) -> Reel:
    """Film the last seconds of the screen, with one image for each of one or more moments."""
    other, there = frames_of([moment.comparison for moment in moments])
    model, drawn = frames_of([moment.model for moment in moments])
    dream, dreaming = frames_of([moment.dream for moment in moments])
    saw = np.array([moment.saw for moment in moments])
    comparing = np.array([bool(moment.compared) for moment in moments])
    update = next((moment.update for moment in reversed(moments) if moment.update >= 0), -1)

    def series(name: str) -> Series:
        return series_of(np.array([getattr(moment, name) for moment in moments]))

    arrays = {
        "model": model,
        "model_there": drawn[None],
        "beside": other,
        "beside_there": there[None],
        "beside_name": np.array([[moment.comparison_name for moment in moments]]),
        "dream": dream,
        "dream_there": dreaming[None],
        "action": np.stack([moment.action for moment in moments])[None],
        "reward_predicted": series("predicted"),
        **{name: series(name) for name in ("reward", "value", "kl", "entropy", "dream_reward", "dream_value")},
        "driven": np.array([[moment.driven for moment in moments]]),
        "edited": np.array([[moment.row in moment.edited for moment in moments]]),
        "after_edit": np.array([[any(row < moment.row for row in moment.edited) for moment in moments]]),
        "seen": (saw & (drawn | comparing))[None],
        "seconds": np.array([[moment.seconds - moments[0].seconds for moment in moments]]),
        **{name: np.array([[getattr(moment, name) for moment in moments]]) for name in _FACTS},
        "context": np.array(0),
        "kind": np.array("last seconds"),
        **facts.arrays(update),
        "updates": np.array([[moment.update for moment in moments]]),
    }
    names = tuple(Look(each.comparison_name, REAL if each.comparison_real else DREAM) for each in moments)
    rows: tuple[Row, ...] = (Row(other, names, there),)
    if drawn.any() or not comparing.any():
        looks = tuple(_model_look(each) for each in moments)
        rows = compared_rows(rows[0], Row(model, looks, drawn), [each.acts_otherwise for each in moments])
    if dreaming.any():
        rows += (Row(dream, (Look("Dream", DREAM),) * len(moments), dreaming),)
    checkpoints = _checkpoint_rows(moments)
    if checkpoints:
        arrays |= {
            "compared": np.concatenate([row.images for row in checkpoints]),
            "compared_there": np.stack([row.there for row in checkpoints if row.there is not None]),
            "compared_names": np.array([[look.text for look in row.looks] for row in checkpoints]),
        }
    seconds = moments[-1].seconds - moments[0].seconds
    return Reel(
        (facts.task, f"{last_seconds(seconds)} on screen", *([f"update {update:,}"] if update >= 0 else [])),
        rows + checkpoints,
        tuple(_moment_caption(each) for each in moments),
        curves_of((Trace("received", REAL, arrays["reward"]),), (), saw, arrays["reward_predicted"], arrays, None),
        0,
        arrays,
        across=True,
        recipe=_recipe(moments, update, facts),
    )


def _recipe(moments: tuple[Moment, ...], update: int, facts: Facts) -> Recipe | None:
    """Describe the scene of the last moment: a film of the screen may show several."""
    last = moments[-1]
    if last.origin is None:
        return None
    context, length = last.framing
    actor = last.actor or "sample"
    scene = scene_recipe(last.origin, context=context, length=length, actor=actor, seed=max(0, last.seed))
    weights = (facts.weights(update),) if update >= 0 else ()
    return facts.recipe("last seconds", weights, scene, 0, len(moments) - 1)


def _checkpoint_rows(moments: tuple[Moment, ...]) -> tuple[Row, ...]:
    """Return a row for each checkpoint of the Compare workspace, black and without a name while it was hidden."""
    rows = []
    for place in range(max(len(moment.compared) for moment in moments)):
        frames, there = frames_of(
            [moment.compared[place] if place < len(moment.compared) else None for moment in moments]
        )
        names = [moment.compared_names[place] if place < len(moment.compared) else "" for moment in moments]
        colors = [MODEL if moment.saw else DREAM for moment in moments]
        rows.append(Row(frames, tuple(map(Look, names, colors)), there))
    return tuple(rows)


def _moment_caption(moment: Moment) -> Look:
    if moment.workspace == "live":
        return LIVE if moment.model is not None else LIVE_UNSEEN
    if moment.workspace == "compare":
        return CONTEXT if moment.saw else OPEN_LOOP
    edits = edits_in_words(moment.edited, moment.row)
    if moment.saw:
        return replace(SAW, text=f"{SAW.text}{edits}")
    return Look(f"{UNSEEN}{'; the user acts' if moment.driven else ''}{edits}", DREAM)


def _model_look(moment: Moment) -> Look:
    if moment.workspace == "live":
        return Look("Reconstruction", MODEL)
    if moment.workspace == "compare":  # its images have their own rows
        return Look("", MODEL)
    return MODEL_SAW_IT if moment.saw else DREAMED
