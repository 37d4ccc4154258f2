"""Reels: films as they are drawn, with labeled rows of images over time, captions, and curves below."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dreamer_studio.export.curves import Plot, plots_of
from dreamer_studio.export.film import Film
from dreamer_studio.export.recipe import Recipe
from dreamer_studio.export.rows import Look, Row, caption, rows_of, title_of


@dataclass(frozen=True)
class Phase:
    """All words of a moment: the caption, and for each row its label and whether it has a frame."""

    caption: Look
    looks: tuple[Look, ...]
    there: tuple[bool, ...]


@dataclass(frozen=True, eq=False)
class Reel:
    """The drawing of `count` sequences of `length` moments, and the arrays that it was made from.

    Attributes:
        title: the parts of the heading.
        rows: the rows of images from top to bottom, one or more.
        captions: `length` sentences that say what the model was allowed to see.
        plots: the plots below the rows; drawn on request.
        context: the line "context ends here" follows this many frames; no line if it is 0 or `length`.
        arrays: the contents of an npz by name; no arrays of objects.
        across: whether a film shows the rows of its only sequence side by side, as on a screen.
        recipe: how the film was made; None if unknown.

    Raises:
        ValueError: a row or the captions are not as long as the first row, or several sequences lie across.
    """

    title: tuple[str, ...]
    rows: tuple[Row, ...]
    captions: tuple[Look, ...]
    plots: tuple[Plot, ...]
    context: int
    arrays: Mapping[str, NDArray[Any]]
    across: bool = False
    recipe: Recipe | None = None

    def __post_init__(self) -> None:
        for row in self.rows:
            if row.images.shape != self.rows[0].images.shape or len(row.looks) != self.length:
                raise ValueError(f"a row has {row.images.shape} images and {len(row.looks)} labels, not {self.length}")
        if self.length == 0 or len(self.captions) != self.length:
            raise ValueError(f"{len(self.captions)} captions, not {self.length}")
        if self.across and self.count > 1:
            raise ValueError(f"{self.count} sequences cannot lie across")

    @property
    def count(self) -> int:
        """Return the number of sequences, 1 or more."""
        return int(self.rows[0].images.shape[0])

    @property
    def length(self) -> int:
        """Return the number of moments in each sequence, 1 or more."""
        return int(self.rows[0].images.shape[1])

    def phase(self, time: int) -> Phase:
        """Return the words of a moment."""
        looks = tuple(row.looks[time] for row in self.rows)
        return Phase(self.captions[time], looks, tuple(row.is_there(time) for row in self.rows))


def reel_of(film: Film | Reel) -> Reel:
    """Return the reel of a film; return a reel unchanged."""
    if isinstance(film, Reel):
        return film
    captions = tuple(caption(film, time < film.context) for time in range(film.length))
    return Reel(tuple(title_of(film)), rows_of(film), captions, plots_of(film), film.context, arrays_of(film))


def arrays_of(film: Film | Reel) -> Mapping[str, NDArray[Any]]:
    """Return the arrays for the npz of a film."""
    if isinstance(film, Reel):
        return film.arrays
    arrays = {
        "real": film.real,
        "model": film.model,
        "action": film.action,
        # A dream receives no reward; the key is there anyway, so that readers need no special case.
        "reward": film.reward if film.reward is not None else np.full_like(film.reward_predicted, np.nan),
        "reward_predicted": film.reward_predicted,
        "value": film.value,
        "context": np.array(film.context),
        "step": np.array(film.step),
        "update": np.array(film.update),
        "kind": np.array(film.kind),
        "task": np.array(film.task),
    }
    return {name: array for name, array in arrays.items() if array is not None}
