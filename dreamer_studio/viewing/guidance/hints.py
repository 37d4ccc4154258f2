"""Five hints for a new user. Each is due once its condition holds, and never returns after the user has seen it."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Final

APART_SECONDS: Final = 20.0
"""Time between the end of a hint and the next one."""


@dataclass(frozen=True)
class Facts:
    """What the window knows when it asks for a hint.

    Attributes:
        image: whether the model has drawn an image.
        dream: whether a dream is ready.
        tested: whether a training has made its first test.
        episodes: stored episodes.
        checkpoints: kept checkpoints.
        used: keys of the hints whose advice the user follows at this moment.
    """

    image: bool = False
    dream: bool = False
    tested: bool = False
    episodes: int = 0
    checkpoints: int = 0
    used: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Hint:
    """One hint.

    Attributes:
        key: its name in the settings of the window.
        text: a sentence or two.
        due: returns whether the hint is true now.
        action: the id of the action that follows the hint; empty if there is none.
    """

    key: str
    text: str
    due: Callable[[Facts], bool]
    action: str = ""


HINTS: Final = (
    Hint(
        "image",
        "The model has drawn what it sees, beside the real image. The ? of a card says what is good and what is bad.",
        lambda facts: facts.image,
    ),
    Hint(
        "dream",
        "A dream is ready. Press D to go through it, to act in it yourself, and to run reality beside it.",
        lambda facts: facts.dream and facts.image,  # the image is explained first
        "dream.here",
    ),
    Hint(
        "test",
        "The first test is done: the policy played without exploration. Curves shows all tests so far (Ctrl+5).",
        lambda facts: facts.tested,
        "view.curves",
    ),
    Hint(
        "replay",
        "There are episodes to look at. Ctrl+R shows the replay: every episode so far, frame by frame.",
        lambda facts: facts.episodes > 0,
        "view.replay",
    ),
    Hint(
        "checkpoint",
        "There are two checkpoints to compare. Ctrl+3 shows what each of them makes of the same frames.",
        lambda facts: facts.checkpoints >= 2,
        "view.compare",
    ),
)


class Hints:
    """Chooses the hint to show.

    Attributes:
        seen: keys of the hints that are not shown again.

    Args:
        seen: keys of the hints that the user has seen.
        clock: returns seconds.
    """

    def __init__(self, seen: Collection[str], clock: Callable[[], float] = time.monotonic) -> None:
        self.seen = set(seen)
        self._clock = clock
        self._shown: Hint | None = None
        self._free_at = float("-inf")

    def choose(self, facts: Facts) -> Hint | None:
        """Return the hint to show now: the same hint until `done` names it; None if no hint is due."""
        for hint in HINTS:
            if hint.key in facts.used and hint.due(facts):
                self.done(hint.key)
        if self._shown is None and self._clock() >= self._free_at:
            self._shown = next((hint for hint in HINTS if hint.key not in self.seen and hint.due(facts)), None)
        return self._shown

    def done(self, key: str) -> None:
        """Note that the user has seen a hint, or followed its advice without the hint."""
        self.seen.add(key)
        if self._shown is not None and self._shown.key == key:
            self._shown = None
            self._free_at = self._clock() + APART_SECONDS
