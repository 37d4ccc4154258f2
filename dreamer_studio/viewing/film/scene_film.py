"""Films of a scene of the Dream workspace, and the code that all films of the screen share.

As in other films, the first axis of the arrays counts sequences; it has length 1.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dreamer_studio.arrays import FRAME_SHAPE
from dreamer_studio.error_map import error_map, grayed
from dreamer_studio.export.curves import Plot, Trace, model_traces, plot_of
from dreamer_studio.export.recipe import Drawing, Recipe, Weights, rounded, run_names
from dreamer_studio.export.recipe import Scene as SceneRecipe
from dreamer_studio.export.reel import Reel
from dreamer_studio.export.rows import DREAMED, ERROR_LOOK, MODEL_SAW_IT, Look, Row
from dreamer_studio.export.style import DREAM, FAINT_TEXT, MODEL, REAL
from dreamer_studio.viewing.film.captures import SceneCapture
from dreamer_studio.viewing.film.screen_history import NAN
from dreamer_studio.viewing.frame_ref import FrameRef
from dreamer_studio.viewing.role import Role
from dreamer_studio.viewing.scene.messages import Scene
from dreamer_studio.viewing.twin.comparison import Comparison

BLANK = np.zeros(FRAME_SHAPE, np.uint8)
SAW = Look("context: the model saw this frame", MODEL)
OTHER_ACTIONS_LOOK = Look(f"{ERROR_LOOK.text}, other actions", FAINT_TEXT)
UNSEEN = "dream: the model does not see"

Series = NDArray[np.float32]


@dataclass(frozen=True)
class Facts:
    """Facts about a run for its films.

    Attributes:
        task: the task's name.
        action_names: the name of each dimension or choice, or none if unknown.
        run: the run folder.
        step_of: returns the environment step of an update, or -1 if unknown.
        preset: the run's preset.
        settings: the run's settings that differ from the preset.
        watching: whether the run is only watched.
    """

    task: str
    action_names: tuple[str, ...]
    run: Path
    step_of: Callable[[int], int]
    preset: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict)
    watching: bool = False

    def arrays(self, update: int) -> dict[str, NDArray[Any]]:
        """Return the entries of a film's npz about its weights."""
        weights = self.weights(update)
        return {
            "update": np.array(update),
            "step": np.array(weights.step),
            "checkpoint": np.array(weights.checkpoint),
            "task": np.array(self.task),
            "action_names": np.array(self.action_names, np.str_),
        }

    def weights(self, update: int) -> Weights:
        """Return the weights of an update, with the checkpoint that holds them."""
        saved = sorted((self.run / "checkpoints").glob(f"*-update-{update}"))
        return Weights(max(-1, update), max(-1, self.step_of(update)), saved[0].name if saved else "")

    def recipe(self, kind: str, weights: tuple[Weights, ...], scene: SceneRecipe, first: int, last: int) -> Recipe:
        """Return the recipe of a film of frames `first` to `last`, from 0."""
        run, folder = run_names(self.run)
        scene = replace(scene, watched=scene.watched or (self.watching and scene.running))
        drawing = Drawing(first=first + 1, last=last + 1)
        return Recipe(kind, self.task, self.preset, run, folder, dict(self.settings), weights, scene, drawing=drawing)


def film_of_scene(on_show: SceneCapture, facts: Facts, first: int, last: int) -> Reel:
    """Film columns `first` to `last` of a scene, all decoded, with the comparison.

    Raises:
        ValueError: there are no such columns.
    """
    scene, comparison, columns = on_show.scene, on_show.comparison, range(first, last + 1)
    if not 0 <= first <= last < scene.decoded:
        raise ValueError(f"frames {first + 1} to {last + 1} are not among the {scene.decoded} that are drawn")
    cut, seen = slice(first, last + 1), np.arange(first, last + 1) < scene.context
    other, there = frames_of([comparison.frame(column) for column in columns])
    real, real_there = frames_of([scene.real[column] if column < len(scene.real) else None for column in columns])
    series = {name: series_of(getattr(scene.columns, name)[cut]) for name in ("value", "kl", "entropy")}
    predicted, received = series_of(scene.columns.reward[cut]), _placed(scene.received, 0, columns)
    arrays = {
        "model": scene.model[cut][None],
        "real": real,
        "real_there": real_there[None],
        "action": scene.columns.action[cut][None],
        "policy": scene.columns.policy[cut][None],
        "driven": scene.columns.driven[cut][None],
        "edited": np.array([[column in scene.edited for column in columns]]),
        "after_edit": np.array([[any(edited < column for edited in scene.edited) for column in columns]]),
        "seen": seen[None],
        "reward": received,
        "reward_predicted": predicted,
        **series,
        "context": np.array(int(seen.sum())),
        "kind": np.array("scene"),
        "live": np.array(scene.origin.live),
        "episode": np.array(scene.origin.episode),
        "test": np.array(-1 if scene.origin.test is None else scene.origin.test.update),
        "row": np.array(scene.first_row + first),
        "seed": np.array(scene.request.seed),
        "actor": np.array(scene.request.actor),
        "branch": np.array(on_show.name if scene.branch else ""),
        "beside_name": np.array(comparison.name),
        **facts.arrays(scene.update),
    }
    if comparison.frames is not scene.real:
        arrays |= {"beside": other, "beside_there": there[None]}
        arrays["beside_reward"] = _placed(comparison.reward, comparison.start, columns)
    looks = tuple(MODEL_SAW_IT if saw else DREAMED for saw in seen)
    name = (Look(comparison.name, REAL if comparison.role is Role.REAL else DREAM),) * len(columns)
    return Reel(
        _title_of(on_show, facts),
        compared_rows(
            Row(other, name, there), Row(arrays["model"], looks), [comparison.acts_otherwise(each) for each in columns]
        ),
        tuple(_caption(scene, column) for column in columns),
        _plots(comparison, columns, seen, predicted, series),
        int(seen.sum()),
        arrays,
        across=True,
        recipe=facts.recipe("scene", (facts.weights(scene.update),), _scene_recipe(on_show), first, last),
    )


def _scene_recipe(on_show: SceneCapture) -> SceneRecipe:
    """Describe the whole scene, whichever of its frames are filmed."""
    scene = on_show.scene
    columns = len(scene.columns)
    along_record = scene.recorded == columns and not scene.edited
    return scene_recipe(
        scene.origin,
        context=scene.context,
        length=columns - scene.context,
        actor="recorded" if along_record else scene.request.actor,
        seed=scene.request.seed,
        actions=() if along_record else rounded(scene.columns.action[scene.context :]),
        branch=on_show.name if scene.branch else "",
        edited=tuple(scene.first_row + column for column in scene.edited),
    )


def scene_recipe(origin: FrameRef, **values: Any) -> SceneRecipe:
    """Describe a scene around a frame; `values` are the other fields."""
    file, test = Path(origin.scene).name, origin.test
    return SceneRecipe(
        episode=origin.episode,
        frame=origin.index,
        running=origin.live,
        watched=test is not None and test.played,
        file=file,
        test=-1 if test is None else test.update,
        **values,
    )


def _title_of(on_show: SceneCapture, facts: Facts) -> tuple[str, ...]:
    scene = on_show.scene
    where = scene.origin.words
    branch = (on_show.name,) if scene.branch else ()
    return facts.task, "dream", where, *branch, f"update {scene.update:,}", f"seed {scene.request.seed}"


def _caption(scene: Scene, column: int) -> Look:
    """Say whether the model saw a column's frame, who acted in the step to it, and whether latents were edited."""
    edits = edits_in_words([scene.first_row + edited for edited in scene.edited], scene.first_row + column)
    if column < scene.context:
        return replace(SAW, text=f"{SAW.text}{edits}")
    acting = "the user acts" if scene.columns.driven[column] else scene.acts_at(column)
    return Look(f"{UNSEEN}; {acting}{edits}", DREAM)


def edits_in_words(rows: Sequence[int], row: int) -> str:
    """Say whether the user edited the latents of a row, or of earlier rows from which the dream continues."""
    before = ", ".join(str(edited) for edited in rows if edited < row)
    since = f"; on from edited latents of frame {before}" if before else ""
    return f"{since}; then the user edited its latents" if row in rows else since


def compared_rows(other: Row, model: Row, otherwise: Sequence[bool]) -> tuple[Row, ...]:
    """Return the rows of a comparison: the comparison's frames, the model's, and the error where both exist.

    Args:
        other: the comparison's frames.
        model: the model's frames.
        otherwise: for each moment whether the two had other actions. There the error is gray, as in the window,
            because it is not the model's alone.
    """
    both = np.array([other.is_there(time) and model.is_there(time) for time in range(len(model.looks))])
    errors = error_map(other.images, model.images)
    gray = np.array(otherwise)
    errors[:, gray] = grayed(errors[:, gray])
    looks = tuple(OTHER_ACTIONS_LOOK if apart else ERROR_LOOK for apart in otherwise)
    return other, model, Row(errors, looks, both)


def _plots(
    comparison: Comparison, columns: range, seen: NDArray[np.bool_], predicted: Series, series: dict[str, Series]
) -> tuple[Plot, ...]:
    name, color = ("received", REAL) if comparison.role is Role.REAL else (comparison.name, FAINT_TEXT)
    reward = (Trace(name, color, _placed(comparison.reward, comparison.start, columns)),)
    value = (Trace(name, color, _placed(comparison.value, comparison.start, columns)),) if len(comparison.value) else ()
    end = int(seen.sum()) if seen.any() and not seen.all() else None
    return curves_of(reward, value, seen, predicted, series, end)


def curves_of(
    reward: tuple[Trace, ...],
    value: tuple[Trace, ...],
    seen: NDArray[np.bool_],
    predicted: Series,
    series: dict[str, Any],
    end: int | None,
) -> tuple[Plot, ...]:
    """Plot reward, value and KL: traces of the comparison, then the model's, on seen and unseen frames."""
    return (
        plot_of("Reward", reward + model_traces(predicted, seen, "predicted"), end),
        plot_of("Value", value + model_traces(series["value"], seen, "estimated"), end),
        plot_of("KL, nats", (Trace("surprise", MODEL, series["kl"]),), end),
    )


def frames_of(frames: list[NDArray[np.uint8] | None]) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    """Return frames (1, n, 64, 64, 3), black where missing, and whether each exists, (n,)."""
    there = np.array([frame is not None for frame in frames])
    return np.stack([BLANK if frame is None else frame for frame in frames])[None], there


def series_of(values: NDArray[Any]) -> Series:
    """Return values as one sequence, (1, n)."""
    return values.astype(np.float32)[None]


def _placed(values: NDArray[Any], start: int, columns: range) -> Series:
    """Return the values at some columns, (1, n), NaN where missing; `start` is the column of the first value."""
    at = [column - start for column in columns]
    return series_of(np.array([values[place] if 0 <= place < len(values) else NAN for place in at]))
