"""Rows of an episode as a file, from which other runs can dream.

The file is in NumPy's npz format: the arrays of an `Episode`, and `about`, a text in JSON. It may come from a stranger,
so every size is checked before anything is read into memory, and nothing in it is ever run.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import ConfigDict, Field, TypeAdapter
from pydantic.dataclasses import dataclass as checked_dataclass

from dreamer_studio.files import write_whole
from dreamer_studio.replay.episode import Episode
from dreamer_studio.replay.files import check_values, row_of
from dreamer_studio.replay.seekable import read_npy_header
from dreamer_studio.texts import reason_of

SCENE_SUFFIX = ".scene.npz"
MOST_ROWS = 2500  # the longest context and the longest dream after it
MOST_ACTIONS = 1000
LARGEST_NUMBER = 10**9  # of an episode, and of a row in it
_HEADER_BYTES = 1024  # of an array's header; NumPy writes fewer
_ABOUT_BYTES = 2**20
_UNREADABLE = (
    OSError,
    ValueError,
    TypeError,
    KeyError,
    EOFError,
    RuntimeError,
    struct.error,
    zipfile.BadZipFile,
    zlib.error,
)


class SceneError(Exception):
    """A file that is not a scene or cannot be read; the message names it and says why."""


@checked_dataclass(frozen=True, config=ConfigDict(extra="forbid", strict=True))
class About:
    """The origin of a scene.

    Attributes:
        task: of the run.
        action_kind: "continuous" or "discrete".
        action_names: A names.
        episode: number of the episode in the run.
        first: row of the episode with which the scene begins.
        frame: row of the scene for which it was saved, from 0.
        rows: number of rows.
    """

    task: Annotated[str, Field(max_length=200)]
    action_kind: Literal["continuous", "discrete"]
    action_names: Annotated[tuple[str, ...], Field(min_length=1, max_length=MOST_ACTIONS)]
    episode: Annotated[int, Field(ge=0, le=LARGEST_NUMBER)]
    first: Annotated[int, Field(ge=0, le=LARGEST_NUMBER)]
    frame: Annotated[int, Field(ge=0)]
    rows: Annotated[int, Field(ge=1, le=MOST_ROWS)]


_ADAPTER: TypeAdapter[About] = TypeAdapter(About)


@dataclass(frozen=True, eq=False)
class SavedScene:
    """The contents of a scene's file."""

    about: About
    rows: Episode


def write_scene(path: Path, scene: SavedScene) -> None:
    """Write a scene, whole or not at all.

    Raises:
        OSError: it cannot be written.
    """
    arrays = {field.name: getattr(scene.rows, field.name) for field in fields(Episode)}
    content = io.BytesIO()
    np.savez_compressed(content, allow_pickle=False, about=_ADAPTER.dump_json(scene.about).decode(), **arrays)
    write_whole(path, content.getvalue())


def read_scene(path: Path) -> SavedScene:
    """Read a scene.

    Raises:
        SceneError: it cannot be read, is damaged, or is not a scene.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            about = _read_about(archive)
            row = row_of(len(about.action_names))
            names = (field.name for field in fields(Episode))
            rows = Episode(**{name: _read_array(archive, name, about.rows, row[name]) for name in names})
        if about.frame >= about.rows:
            raise ValueError(f"its frame {about.frame} is not among its {about.rows} rows")
        check_values(rows)
    except zipfile.BadZipFile as error:
        raise SceneError(f"{path.name} is not a scene file ({SCENE_SUFFIX}), or is damaged.") from error
    except _UNREADABLE as error:
        raise SceneError(f"{path.name} is not a readable scene: {reason_of(error)}") from error
    return SavedScene(about, rows)


def _read_about(archive: zipfile.ZipFile) -> About:
    """Read the JSON text, a NumPy array without dimensions."""
    content = _read_member(archive, "about", _ABOUT_BYTES)
    _, form, at = _parse_header(content)
    if form.kind != "U" or len(content) - at != form.itemsize:
        raise ValueError("it does not say what it is")
    text = str(np.frombuffer(content, form, offset=at)[0])
    return _ADAPTER.validate_json(text)


def _read_array(archive: zipfile.ZipFile, name: str, rows: int, row: np.dtype[Any]) -> NDArray[Any]:
    shape, wanted, size = (rows, *row.shape), row.base, rows * row.itemsize
    content = _read_member(archive, name, size + _HEADER_BYTES)
    there, found, at = _parse_header(content)
    if there != shape or found != wanted or len(content) - at != size:
        raise ValueError(f"its {name} is {found} {there} instead of {wanted} {shape}")
    return np.frombuffer(bytearray(content[at:]), wanted).reshape(shape)


def _read_member(archive: zipfile.ZipFile, name: str, most: int) -> bytes:
    """Read a member of at most `most` bytes, whatever size the archive claims, and check its checksum."""
    if archive.getinfo(f"{name}.npy").compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise ValueError(f"its {name} is compressed in a way that NumPy does not use")
    with archive.open(f"{name}.npy") as member:
        content = member.read(most + 1)
    if len(content) > most:
        raise ValueError(f"its {name} is larger than it can be")
    return content


def _parse_header(content: bytes) -> tuple[tuple[int, ...], np.dtype[Any], int]:
    stream = io.BytesIO(content[:_HEADER_BYTES])
    shape, fortran_order, form = read_npy_header(stream)
    if fortran_order or form.hasobject:
        raise ValueError("an array in it is not laid out as it should be")
    return shape, form, stream.tell()
