"""What a bookmark says of itself, and the frame that it stands for. Qt-free."""

from __future__ import annotations

from dreamer_studio.replay.bookmarks import Bookmark
from dreamer_studio.studio.catalogue import Integers, number_of, place_of
from dreamer_studio.studio.views import Origin


def why_set(bookmark: Bookmark) -> str:
    """Who set it, or what it was found by."""
    value = bookmark.value if bookmark.value is not None else float("nan")
    return {
        "hand": "set by hand",
        "kl": f"largest KL: {value:,.1f} nats",
        "image": f"worst reconstruction: {value:,.1f} nats",
        "reward": f"reward off by {value:,.2f}",
    }[bookmark.kind]


def frame_of(bookmark: Bookmark, numbers: Integers) -> Origin | None:
    """The frame to dream from, where episodes of these numbers are stored, ascending; None where there is none.

    An episode that would be stored next is the running one.
    """
    place = place_of(numbers, bookmark.episode)
    if place is not None:
        return Origin(False, place, bookmark.index)
    running = number_of(numbers, len(numbers)) == bookmark.episode
    return Origin(True, len(numbers), bookmark.index) if running else None
