"""The rows of a film, with labels that say what is real, what the model saw, and what is dreamed."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dreamer_studio.error_map import ERROR_GAIN, error_map
from dreamer_studio.export.film import Film, Kind
from dreamer_studio.export.style import DREAM, ERROR, MODEL, REAL, Color

KIND_TITLES: dict[Kind, str] = {
    "imagined": "imagined rollout",
    "open-loop": "open loop",
    "reconstruction": "reconstruction",
}


@dataclass(frozen=True)
class Look:
    """A label and its color."""

    text: str
    color: Color


@dataclass(frozen=True, eq=False)
class Row:
    """One row of images: the same kind for all sequences.

    Attributes:
        images: uint8 (count, length, 64, 64, 3).
        looks: the label at each moment, `length` of them.
        there: bool (length,), whether there is a frame; None if there always is.
    """

    images: NDArray[np.uint8]
    looks: tuple[Look, ...]
    there: NDArray[np.bool_] | None = None

    def is_there(self, time: int) -> bool:
        """Return whether there is a frame at that moment."""
        return self.there is None or bool(self.there[time])


MODEL_SAW_IT = Look("Model saw it", MODEL)
DREAMED = Look("Dreamed", DREAM)
ERROR_LOOK = Look(f"Error x{ERROR_GAIN}", ERROR)
"""The same colors as in the window: black where both agree, brightest from a quarter of the full range on."""


def rows_of(film: Film) -> tuple[Row, ...]:
    """Return the rows of a film from top to bottom: truth, model and error, or the dream alone."""
    length = film.length
    if film.real is None:
        return (Row(film.model, (Look("Dream", DREAM),) * length),)
    saw = MODEL_SAW_IT if film.kind == "open-loop" else Look("Reconstruction", MODEL)
    model = Row(film.model, (saw,) * film.context + (DREAMED,) * (length - film.context))
    error = Row(error_map(film.real, film.model), (ERROR_LOOK,) * length)
    return Row(film.real, (Look("Real", REAL),) * length), model, error


def caption(film: Film, seen: bool) -> Look:
    """Return the sentence that says what the model was allowed to see."""
    if film.kind == "imagined":
        return Look("dream: the model sees no real frame", DREAM)
    if film.kind == "reconstruction":
        return Look("reconstruction: the model saw this frame", MODEL)
    if seen:
        return Look("context: the model saw this frame", MODEL)
    return Look("open loop: the model does not see", DREAM)


def title_of(film: Film) -> list[str]:
    """Return the parts of the heading: task, kind, environment steps and updates."""
    return [film.task, KIND_TITLES[film.kind], f"step {film.step:,}", f"update {film.update:,}"]
