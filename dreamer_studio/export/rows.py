"""Which rows a film has, and what each says of itself: what is real, what was seen, what was dreamed."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dreamer_studio.export.film import Film, Kind
from dreamer_studio.export.style import DREAM, ERROR, MODEL, REAL, Colour

KIND_TITLES: dict[Kind, str] = {
    "imagined": "imagined rollout",
    "open-loop": "open loop",
    "reconstruction": "reconstruction",
}


@dataclass(frozen=True)
class Look:
    """A word and the colour that goes with it."""

    text: str
    colour: Colour


@dataclass(frozen=True, eq=False)
class Row:
    """One row of pictures: the same thing of all sequences.

    Attributes:
        images: uint8 (count, length, 64, 64, 3).
        seen: how the row is labelled where the model saw the frame.
        unseen: how it is labelled where the model did not.
    """

    images: NDArray[np.uint8]
    seen: Look
    unseen: Look

    def look(self, seen: bool) -> Look:
        """The label for frames that the model saw, or for those that it did not."""
        return self.seen if seen else self.unseen


def rows_of(film: Film) -> tuple[Row, ...]:
    """The rows of a film from top to bottom: truth, model and error, or the dream alone."""
    dream = Look("Dream", DREAM)
    if film.real is None:
        return (Row(film.model, dream, dream),)
    real, error = Look("Real", REAL), Look("Error", ERROR)
    if film.kind == "open-loop":
        model = Row(film.model, Look("Model saw it", MODEL), Look("Dreamed", DREAM))
    else:
        drawn = Look("Reconstruction", MODEL)
        model = Row(film.model, drawn, drawn)
    return Row(film.real, real, real), model, Row(error_images(film.model, film.real), error, error)


def caption(film: Film, seen: bool) -> Look:
    """The sentence that says what the model was allowed to see."""
    if film.kind == "imagined":
        return Look("dream: the model sees no real frame", DREAM)
    if film.kind == "reconstruction":
        return Look("reconstruction: the model saw this frame", MODEL)
    if seen:
        return Look("context: the model saw this frame", MODEL)
    return Look("open loop: the model does not see", DREAM)


def error_images(model: NDArray[np.uint8], real: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """(model - real + 1) / 2 of images on 0..1, again as uint8: mid grey (128) where both agree.

    As danijar/dreamer does in `dreamer.py`, `_image_summaries`.
    """
    difference = model.astype(np.int16) - real.astype(np.int16)
    return ((difference + 256) >> 1).astype(np.uint8)


def title_of(film: Film) -> list[str]:
    """The pieces of the heading: which task, what is shown, and how much was learned by then."""
    return [film.task, KIND_TITLES[film.kind], f"step {film.step:,}", f"update {film.update:,}"]
