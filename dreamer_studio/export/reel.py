"""A film as it is drawn: rows of pictures over time, each with its words, captions, and curves underneath."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dreamer_studio.export.curves import Plot, plots_of
from dreamer_studio.export.film import Film
from dreamer_studio.export.rows import Look, Row, caption, rows_of, title_of


@dataclass(frozen=True)
class Phase:
    """All words of a moment: the caption, and of each row how it is labeled and whether it has a frame."""

    caption: Look
    looks: tuple[Look, ...]
    there: tuple[bool, ...]


@dataclass(frozen=True, eq=False)
class Reel:
    """What is drawn, `count` sequences of `length` moments, and the arrays that it was made of.

    Attributes:
        title: the pieces of the heading.
        rows: the pictures from top to bottom, one row or more.
        captions: `length` sentences that say what the model was allowed to see.
        plots: the curves underneath, where they are wanted.
        context: the line "context ends here" is drawn after so many frames; none where it is 0 or `length`.
        arrays: what an npz of it holds, by name; no array of objects.
        across: whether the rows of its one sequence stand beside each other in a film, as on a screen.

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

    def __post_init__(self) -> None:
        for row in self.rows:
            if row.images.shape != self.rows[0].images.shape or len(row.looks) != self.length:
                raise ValueError(
                    f"a row has {row.images.shape} pictures and {len(row.looks)} labels, not {self.length}"
                )
        if self.length == 0 or len(self.captions) != self.length:
            raise ValueError(f"{len(self.captions)} captions, not {self.length}")
        if self.across and self.count > 1:
            raise ValueError(f"{self.count} sequences cannot lie across")

    @property
    def count(self) -> int:
        """How many sequences, 1 or more."""
        return int(self.rows[0].images.shape[0])

    @property
    def length(self) -> int:
        """How many moments each sequence has, 1 or more."""
        return int(self.rows[0].images.shape[1])

    def phase(self, time: int) -> Phase:
        """The words of a moment."""
        looks = tuple(row.looks[time] for row in self.rows)
        return Phase(self.captions[time], looks, tuple(row.is_there(time) for row in self.rows))


def reel_of(film: Film | Reel) -> Reel:
    """How a film is drawn; what is a reel already stays as it is."""
    if isinstance(film, Reel):
        return film
    captions = tuple(caption(film, time < film.context) for time in range(film.length))
    return Reel(tuple(title_of(film)), rows_of(film), captions, plots_of(film), film.context, arrays_of(film))


def arrays_of(film: Film | Reel) -> Mapping[str, NDArray[Any]]:
    """What an npz of a film holds."""
    if isinstance(film, Reel):
        return film.arrays
    arrays = {
        "real": film.real,
        "model": film.model,
        "action": film.action,
        # Nothing was received in a dream; the key is there all the same, so that readers need no special case.
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
