"""A bookmark's reason as text, and its frame."""

from __future__ import annotations

from dreamer_studio.replay import place_of
from dreamer_studio.replay.bookmarks import Bookmark
from dreamer_studio.viewing.frame_ref import FrameRef
from dreamer_studio.viewing.replay.catalog import Integers


def why_set(bookmark: Bookmark) -> str:
    """Return the reason for a bookmark as text."""
    value = bookmark.value if bookmark.value is not None else float("nan")
    update = f"{bookmark.update:,}" if bookmark.update is not None else "?"
    return {
        "hand": "set by hand",
        "kl": f"largest KL: {value:,.1f} nats",
        "image": f"worst reconstruction: {value:,.1f} nats",
        "reward": f"reward error {value:,.2f}",
        "hard": f"hard moment: loss {value:,.1f} times the usual at update {update}",
    }[bookmark.kind]


def frame_of(bookmark: Bookmark, numbers: Integers, running: int) -> FrameRef | None:
    """Return a bookmark's frame, or None if its episode is gone. An episode newer than the list may still be stored.

    Args:
        bookmark: the bookmark.
        numbers: numbers of the stored episodes, ascending, when they were last listed.
        running: number of a training's running episode; episodes between the list and it are stored, or about to be.
            -1 if there is no training.
    """
    if place_of(numbers, bookmark.episode) is not None:
        return FrameRef(False, bookmark.episode, bookmark.index)
    newer = len(numbers) == 0 or bookmark.episode > numbers[-1]
    return FrameRef(True, bookmark.episode, bookmark.index) if newer and bookmark.episode <= running else None
