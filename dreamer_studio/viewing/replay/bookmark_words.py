"""What a bookmark says of itself, and the frame that it stands for."""

from __future__ import annotations

from dreamer_studio.replay.bookmarks import Bookmark
from dreamer_studio.viewing.frame_ref import FrameRef
from dreamer_studio.viewing.replay.catalog import Integers, place_of


def why_set(bookmark: Bookmark) -> str:
    """Who set it, or what it was found by."""
    value = bookmark.value if bookmark.value is not None else float("nan")
    return {
        "hand": "set by hand",
        "kl": f"largest KL: {value:,.1f} nats",
        "image": f"worst reconstruction: {value:,.1f} nats",
        "reward": f"reward off by {value:,.2f}",
    }[bookmark.kind]


def frame_of(bookmark: Bookmark, numbers: Integers, running: int) -> FrameRef | None:
    """The frame to dream from, or None where its episode is gone; of one newer than all stored that is not known yet.

    Args:
        bookmark: says which.
        numbers: of the stored episodes, ascending, as they were when they were last looked at.
        running: the number of a training's running episode; those between are stored since or about to be. -1 where
            nothing is trained.
    """
    if place_of(numbers, bookmark.episode) is not None:
        return FrameRef(False, bookmark.episode, bookmark.index)
    newer = len(numbers) == 0 or bookmark.episode > numbers[-1]
    return FrameRef(True, bookmark.episode, bookmark.index) if newer and bookmark.episode <= running else None
