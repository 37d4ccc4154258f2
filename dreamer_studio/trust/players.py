"""Who plays the episodes that Trust asks for, and how many. Imports no torch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:  # it needs torch, and the window opens before torch is loaded
    from dreamer_studio.trust.seen import Player

DEFAULT_EPISODES: Final = 4
"""Episodes played for a run that has no test episodes."""

MOST_ROWS: Final = 1_000
"""Rows of an episode that Trust plays or reads, so that a hundred episodes fit into memory."""

EVERY: Final = (1, 2, 4, 8, 16, 45)
"""Blind driving sees every k-th frame, for these k; 45 is the length of the paper's open-loop predictions."""

BLIND_EPISODES: Final = 8
"""Episodes of each k, and of random actions."""

BLIND_IN_ALL: Final = BLIND_EPISODES * (len(EVERY) + 1)
"""Episodes of the whole gauge of blind driving."""

_FIRST: Final[tuple[Player, ...]] = ("sample", "mode", "sample", "mode", "random", "random", "random", "random")
_THEN: Final[tuple[Player, ...]] = ("sample", "mode", "random")


def player_of(number: int) -> Player:
    """Return who plays an episode.

    The first four are the policy's, so that four tell what it earns; four random ones follow, so that eight tell
    whether that is more than chance. Then all three take turns.
    """
    return _FIRST[number] if number < len(_FIRST) else _THEN[(number - len(_FIRST)) % len(_THEN)]
