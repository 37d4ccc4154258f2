"""Films of a scene of the Dream workspace, and what all films of what is on screen share. In a thread; no Qt.

Their arrays begin with the count of sequences as those of other films do; it is 1.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dreamer_studio.export.curves import Plot, Trace, model_traces, plot_of
from dreamer_studio.export.reel import Reel
from dreamer_studio.export.rows import DREAMED, ERROR_LOOK, MODEL_SAW_IT, Look, Row, error_images
from dreamer_studio.export.style import DREAM, FAINT_TEXT, MODEL, REAL
from dreamer_studio.viewing.film.captures import SceneCapture
from dreamer_studio.viewing.film.screen_history import NAN
from dreamer_studio.viewing.frame_ref import FrameRef
from dreamer_studio.viewing.role import Role
from dreamer_studio.viewing.scene.messages import Scene
from dreamer_studio.viewing.twin.comparison import Comparison

BLANK = np.zeros((64, 64, 3), np.uint8)
SAW = Look("context: the model saw this frame", MODEL)
UNSEEN = "dream: the model does not see"

Series = NDArray[np.float32]


@dataclass(frozen=True)
class Facts:
    """What a film is told of its run.

    Attributes:
        task: as it is written everywhere.
        action_names: one for each dimension or choice, or none where they are not known.
        run: its folder.
        step_of: environment steps that the weights of an update have learned from, -1 where that is not known.
    """

    task: str
    action_names: tuple[str, ...]
    run: Path
    step_of: Callable[[int], int]

    def arrays(self, update: int) -> dict[str, NDArray[Any]]:
        """What the npz of a film says of its weights."""
        saved = sorted((self.run / "checkpoints").glob(f"*-update-{update}"))
        return {
            "update": np.array(update),
            "step": np.array(self.step_of(update)),
            "checkpoint": np.array(saved[0].name if saved else ""),
            "task": np.array(self.task),
            "action_names": np.array(self.action_names, np.str_),
        }


def film_of_scene(on_show: SceneCapture, facts: Facts, first: int, last: int) -> Reel:
    """Columns `first` to `last` of a scene, all decoded, with what stands beside it.

    Raises:
        ValueError: there are no such columns.
    """
    scene, beside, columns = on_show.scene, on_show.beside, range(first, last + 1)
    if not 0 <= first <= last < scene.decoded:
        raise ValueError(f"frames {first + 1} to {last + 1} are not among the {scene.decoded} that are drawn")
    cut, seen = slice(first, last + 1), np.arange(first, last + 1) < scene.context
    other, there = frames_of([beside.frame(column) for column in columns])
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
        "row": np.array(scene.first_row + first),
        "seed": np.array(scene.request.seed),
        "actor": np.array(scene.request.actor),
        "branch": np.array(on_show.name if scene.branch else ""),
        "beside_name": np.array(beside.name),
        **facts.arrays(scene.update),
    }
    if beside.frames is not scene.real:
        arrays |= {"beside": other, "beside_there": there[None]}
        arrays["beside_reward"] = _placed(beside.reward, beside.start, columns)
    looks = tuple(MODEL_SAW_IT if saw else DREAMED for saw in seen)
    name = (Look(beside.name, REAL if beside.role is Role.REAL else DREAM),) * len(columns)
    return Reel(
        _title_of(on_show, facts),
        compared_rows(Row(other, name, there), Row(arrays["model"], looks)),
        tuple(_caption(scene, column) for column in columns),
        _plots(beside, columns, seen, predicted, series),
        int(seen.sum()),
        arrays,
        across=True,
    )


def _title_of(on_show: SceneCapture, facts: Facts) -> tuple[str, ...]:
    scene = on_show.scene
    where = frame_in_words(scene.origin)
    branch = (on_show.name,) if scene.branch else ()
    return facts.task, "dream", where, *branch, f"update {scene.update:,}", f"seed {scene.request.seed}"


def _caption(scene: Scene, column: int) -> Look:
    """What the model was allowed to see of a column, who acted in the step to it, and whose latents it has."""
    edits = edits_in_words([scene.first_row + edited for edited in scene.edited], scene.first_row + column)
    if column < scene.context:
        return replace(SAW, text=f"{SAW.text}{edits}")
    acting = "a person acts" if scene.columns.driven[column] else scene.acts_at(column)
    return Look(f"{UNSEEN}; {acting}{edits}", DREAM)


def frame_in_words(origin: FrameRef) -> str:
    """Where a frame is from, for a title."""
    source = "running episode" if origin.live else "stored episode"
    if origin.scene:
        source = f"{Path(origin.scene).name}, episode"
    return f"{source} {origin.episode}, frame {origin.index}"


def edits_in_words(rows: Sequence[int], row: int) -> str:
    """Whether a person changed the latents of a row, or of rows before it from which the dream goes on."""
    before = ", ".join(str(edited) for edited in rows if edited < row)
    since = f"; on from latents of frame {before} that a person changed" if before else ""
    return f"{since}; then a person changed its latents" if row in rows else since


def compared_rows(other: Row, model: Row) -> tuple[Row, ...]:
    """What stands beside it, the model's images, and the error where both are there."""
    both = np.array([other.is_there(time) and model.is_there(time) for time in range(len(model.looks))])
    error = Row(error_images(model.images, other.images), (ERROR_LOOK,) * len(both), both)
    return other, model, error


def _plots(
    beside: Comparison, columns: range, seen: NDArray[np.bool_], predicted: Series, series: dict[str, Series]
) -> tuple[Plot, ...]:
    name, color = ("received", REAL) if beside.role is Role.REAL else (beside.name, FAINT_TEXT)
    reward = (Trace(name, color, _placed(beside.reward, beside.start, columns)),)
    value = (Trace(name, color, _placed(beside.value, beside.start, columns)),) if len(beside.value) else ()
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
    """Plots of reward, value and KL: traces of what stands beside, then the model's, of frames that it saw or not."""
    return (
        plot_of("Reward", reward + model_traces(predicted, seen, "predicted"), end),
        plot_of("Value", value + model_traces(series["value"], seen, "estimated"), end),
        plot_of("KL, nats", (Trace("surprise", MODEL, series["kl"]),), end),
    )


def frames_of(frames: list[NDArray[np.uint8] | None]) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    """Frames (1, n, 64, 64, 3), black where there is none, and where there is one: (n,)."""
    there = np.array([frame is not None for frame in frames])
    return np.stack([BLANK if frame is None else frame for frame in frames])[None], there


def series_of(values: NDArray[Any]) -> Series:
    """(1, n)."""
    return values.astype(np.float32)[None]


def _placed(values: NDArray[Any], start: int, columns: range) -> Series:
    """Values of columns from `start` on, as (1, n) of these columns, NaN where there is none."""
    at = [column - start for column in columns]
    return series_of(np.array([values[place] if 0 <= place < len(values) else NAN for place in at]))
