"""Bookmarked frames: a file in the run folder that the user can read and edit."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass

from dreamer_studio.files import UnfitFileError, read_small, write_whole
from dreamer_studio.texts import one_line, reason_of

Kind = Literal["hand", "kl", "image", "reward", "hard"]
"""Set by hand; found by a search: the largest KL, the worst reconstruction, the largest error of the predicted reward;
or a hard moment of the training."""

MOST_BYTES = 4 * 2**20
MOST_LETTERS = 2000
MOST_QUOTED = 40  # letters of an unknown key
_MOST = 10**9


class BookmarkError(Exception):
    """A file that is not a list of bookmarks; the message names it and says why."""


@dataclass(frozen=True, config=ConfigDict(extra="forbid", strict=True, allow_inf_nan=False))
class Bookmark:
    """A frame of a stored episode.

    Attributes:
        episode: the number in the name of the episode's file.
        index: the row in it; 0 is the reset.
        kind: by hand, or the measure that found it.
        note: the user's plain text.
        value: the measure: KL and image loss in nats, the absolute error of the reward, or how many times the usual the
            loss of a hard moment was; None by hand.
        update: the update of the weights that measured, or the update that met the hard moment; None by hand.
    """

    episode: Annotated[int, Field(ge=0, lt=_MOST)]
    index: Annotated[int, Field(ge=0, lt=_MOST)]
    kind: Kind = "hand"
    note: Annotated[str, Field(max_length=MOST_LETTERS)] = ""
    value: float | None = None
    update: Annotated[int | None, Field(ge=0)] = None

    @property
    def frame(self) -> tuple[int, int, Kind]:
        """Identity: a frame has at most one bookmark of each kind."""
        return self.episode, self.index, self.kind


Bookmarks = tuple[Bookmark, ...]
_ADAPTER: TypeAdapter[Bookmarks] = TypeAdapter(Bookmarks)


def read_bookmarks(path: Path) -> Bookmarks:
    """Read a file of bookmarks; none if there is no file.

    Raises:
        BookmarkError: it holds something else, or is not an ordinary file.
        OSError: the disk cannot be read now, which says nothing about the file.
    """
    try:
        content = json.loads(read_small(path, MOST_BYTES))
        return _ADAPTER.validate_json(json.dumps(content["bookmarks"]))
    except FileNotFoundError:
        return ()
    except UnfitFileError as error:
        raise BookmarkError(str(error)) from error
    except ValidationError as error:
        first = error.errors()[0]
        where = one_line(".".join(str(part)[:MOST_QUOTED] for part in first["loc"]))
        raise BookmarkError(f"{path.name} cannot be read: bookmark {where}: {first['msg']}") from error
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise BookmarkError(f"{path.name} cannot be read: {type(error).__name__}: {reason_of(error)}") from error


def write_bookmarks(path: Path, bookmarks: Bookmarks) -> None:
    """Write a file of bookmarks, whole or not at all.

    Raises:
        OSError: it cannot be written.
    """
    rows = _ADAPTER.dump_python(bookmarks, mode="json")
    write_whole(path, (json.dumps({"bookmarks": rows}, indent=1) + "\n").encode(), own=f".{os.getpid()}")


def with_bookmark(bookmarks: Bookmarks, bookmark: Bookmark) -> Bookmarks:
    """Return the bookmarks with one more, or with its note replaced if it is there already."""
    if all(other.frame != bookmark.frame for other in bookmarks):
        return (*bookmarks, bookmark)
    return tuple(bookmark if other.frame == bookmark.frame else other for other in bookmarks)


def without_bookmark(bookmarks: Bookmarks, bookmark: Bookmark) -> Bookmarks:
    """Return the bookmarks except one."""
    return tuple(other for other in bookmarks if other.frame != bookmark.frame)


def with_found(bookmarks: Bookmarks, found: Bookmarks) -> Bookmarks:
    """Replace the bookmarks of the last search. Hard moments, and bookmarks with a note, stay."""
    kept = tuple(other for other in bookmarks if other.kind in ("hand", "hard") or other.note)
    frames = {other.frame for other in kept}
    return (*kept, *(other for other in found if other.frame not in frames))
