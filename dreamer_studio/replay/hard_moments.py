"""Hard moments: frames whose loss in a training batch was far above the usual, and the files that list them.

The training alone writes `hard_moments.json`. Windows write which of these moments the user removed.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Final, TypeVar

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass

from dreamer_studio.files import UnfitFileError, read_small, write_whole
from dreamer_studio.texts import one_line, reason_of

MOST: Final = 64
"""Most moments kept: a list that a person can go through, and less than 16 KiB in each checkpoint."""

NEAR: Final = 10
"""Frames of an episode that are less than this many rows apart are one moment."""

_MOST_BYTES = 2**16
_LARGEST = 10**9
Checked = TypeVar("Checked")
_STRICT = ConfigDict(extra="forbid", allow_inf_nan=False)


class HardMomentsError(Exception):
    """A file that is not a list of hard moments; the message names it and says why."""


@dataclass(frozen=True, config=_STRICT)
class HardMoment:
    """A frame that the training got far more wrong than usual.

    Attributes:
        episode: the number in the name of the episode's file.
        index: the row in it; 0 is the reset.
        update: the update that had the frame in its batch.
        loss: of the frame, in nats, without constants.
        ratio: the loss by the running mean of the losses before this update.
    """

    episode: Annotated[int, Field(ge=0, lt=_LARGEST)]
    index: Annotated[int, Field(ge=0, lt=_LARGEST)]
    update: Annotated[int, Field(ge=0)]
    loss: float
    ratio: float

    @property
    def key(self) -> tuple[int, int, int]:
        """Identity: the same frame may be hard again in a later update."""
        return self.episode, self.index, self.update


HardMoments = tuple[HardMoment, ...]
_Moments = Annotated[HardMoments, Field(max_length=MOST)]


@dataclass(frozen=True, config=_STRICT)
class LossRecord:
    """What a training knows of its losses; part of a checkpoint.

    Attributes:
        mean: the running mean of a frame's loss, in nats.
        updates: the updates that it has seen.
        moments: the kept hard moments.
    """

    mean: float = 0.0
    updates: Annotated[int, Field(ge=0)] = 0
    moments: _Moments = ()


@dataclass(frozen=True, config=_STRICT)
class _File:
    moments: _Moments


Keys = frozenset[tuple[int, int, int]]
"""Removed moments: episode, index and update of each."""

_ADAPTER: TypeAdapter[_File] = TypeAdapter(_File)
_REMOVED: TypeAdapter[Keys] = TypeAdapter(Annotated[Keys, Field(max_length=MOST)])


def with_moment(moments: HardMoments, moment: HardMoment) -> HardMoments:
    """Return the moments with one more. Of frames near each other, and beyond `MOST`, the largest ratios stay."""
    near = [one for one in moments if one.episode == moment.episode and abs(one.index - moment.index) < NEAR]
    if any(one.ratio >= moment.ratio for one in near):
        return moments
    kept = [one for one in moments if one not in near]
    if len(kept) == MOST:
        least = min(kept, key=lambda one: one.ratio)
        if least.ratio >= moment.ratio:
            return moments
        kept.remove(least)
    return (*kept, moment)


def read_hard_moments(path: Path) -> HardMoments:
    """Read the moments that the training wrote; none if there is no file.

    Raises:
        HardMomentsError: the file holds something else, or is not an ordinary file.
        OSError: the disk cannot be read now.
    """
    content = _read(path)
    return () if content is None else _checked(path, _ADAPTER, content).moments


def write_hard_moments(path: Path, moments: HardMoments, check: Callable[[], None] = lambda: None) -> None:
    """Write the moments, whole or not at all; `check` as in `write_whole`.

    Raises:
        OSError: they cannot be written.
    """
    write_whole(path, _ADAPTER.dump_json(_File(moments), indent=1) + b"\n", check=check)


def read_removed(path: Path) -> Keys:
    """Read which moments the user removed; none if there is no file. Errors as in `read_hard_moments`."""
    content = _read(path)
    return frozenset() if content is None else _checked(path, _REMOVED, content)


def write_removed(path: Path, removed: Iterable[tuple[int, int, int]]) -> None:
    """Write which moments the user removed, whole or not at all; several windows may do this.

    Raises:
        OSError: they cannot be written.
    """
    write_whole(path, (json.dumps(sorted(removed)) + "\n").encode(), own=f".{os.getpid()}")


def rounded(moment: HardMoment) -> HardMoment:
    """Return the moment with the digits that a reader needs."""
    return replace(moment, loss=round(moment.loss, 3), ratio=round(moment.ratio, 3))


def _read(path: Path) -> bytes | None:
    try:
        return read_small(path, _MOST_BYTES)
    except FileNotFoundError:
        return None
    except UnfitFileError as error:
        raise HardMomentsError(str(error)) from error


def _checked(path: Path, adapter: TypeAdapter[Checked], content: bytes) -> Checked:
    try:
        return adapter.validate_json(content)
    except ValidationError as error:
        first = error.errors()[0]
        where = one_line(".".join(str(part)[:40] for part in first["loc"]))
        raise HardMomentsError(f"{path.name} cannot be read: {where} {first['msg']}") from error
    except (ValueError, RecursionError) as error:
        raise HardMomentsError(f"{path.name} cannot be read: {reason_of(error)}") from error
