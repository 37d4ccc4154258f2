"""Hard moments of the training as bookmarks, without those that the user removed."""

from __future__ import annotations

from pathlib import Path

from dreamer_studio.files import set_aside
from dreamer_studio.replay.bookmarks import Bookmark, Bookmarks
from dreamer_studio.replay.hard_moments import (
    HardMoment,
    HardMoments,
    HardMomentsError,
    Keys,
    read_hard_moments,
    read_removed,
    write_removed,
)
from dreamer_studio.runs.folder import RunFolder


def as_bookmark(moment: HardMoment) -> Bookmark:
    """Return a hard moment as a bookmark, whose value is the ratio of its loss to the usual."""
    return Bookmark(moment.episode, moment.index, "hard", value=moment.ratio, update=moment.update)


def moments_to_list(moments: HardMoments, removed: Keys, bookmarks: Bookmarks) -> Bookmarks:
    """Return the hard moments to list after the bookmarks, hardest first.

    Moments that the user removed are left out, and those that are among the bookmarks, as each with a note is.
    """
    frames = {bookmark.frame for bookmark in bookmarks}
    left = [one for one in moments if one.key not in removed]
    listed = map(as_bookmark, sorted(left, key=lambda one: -one.ratio))
    return tuple(one for one in listed if one.frame not in frames)


def mark_removed(folder: RunFolder, bookmark: Bookmark, *, removed: bool) -> Path | None:
    """Record that the user removed or restored a hard moment. Forget marks of moments that are no longer kept.

    Returns:
        the new path of a file of marks that could not be read and was set aside; usually None.

    Raises:
        HardMomentsError: the list of hard moments cannot be read.
        OSError: a file cannot be read or written now.
    """
    key = bookmark.episode, bookmark.index, bookmark.update or 0
    kept = {one.key for one in read_hard_moments(folder.hard_moments)}
    moved = None
    try:
        before = read_removed(folder.removed_moments)
    except HardMomentsError:
        before, moved = frozenset(), set_aside(folder.removed_moments)
    after = (before | {key} if removed else before - {key}) & kept
    if after != before:
        write_removed(folder.removed_moments, after)
    return moved
