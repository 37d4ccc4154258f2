"""Writes a recipe's text into a film's file, and reads the text back. Each format has its own place for the text.

PNG: an iTXt chunk. GIF: a comment. WebP: the image description in EXIF. MP4: the comment among its metadata, which
ffmpeg writes. npz: an array. Other programs ignore these places, or show the text.

Reading trusts no number in a file: every length is bounded, and nothing but the text is read into memory.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO, Final

import numpy as np

from dreamer_studio.export.recipe import MOST_BYTES, Recipe, RecipeError, from_text, is_recipe
from dreamer_studio.texts import reason_of

KEY: Final = "dreamer_studio_recipe"
"""Keyword of the PNG chunk, and name of the npz array."""

_DESCRIPTION: Final = 0x010E  # EXIF's ImageDescription
_ASCII: Final = 2  # EXIF's type of texts
_HAS_EXIF: Final = 0x08  # a flag in the header of a WebP
_MOST_BLOCKS: Final = 10**7
_MOST_TEXT: Final = MOST_BYTES + 4096  # with headers and padding
_UNREADABLE = (
    OSError,
    ValueError,
    KeyError,
    IndexError,
    TypeError,
    SyntaxError,
    EOFError,
    RuntimeError,
    OverflowError,
    struct.error,
    zipfile.BadZipFile,
    zlib.error,
)


def read_recipe(path: Path) -> Recipe:
    """Return the recipe of a film.

    Raises:
        RecipeError: the file cannot be read, carries no recipe, or a damaged one.
    """
    find = _READERS.get(path.suffix.lower())
    if find is None:
        raise RecipeError(f"{path.name} is not a film: its name ends in none of {', '.join(_READERS)}.")
    try:
        with path.open("rb") as file:
            text = find(file)
    except _UNREADABLE as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or reason_of(error)
        raise RecipeError(f"{path.name} cannot be read: {reason}.") from error
    if text is None:
        raise RecipeError(f"{path.name} carries no recipe of Dreamer Studio.")
    return from_text(text, path.name)


def append_gif_comment(path: Path, text: str) -> None:
    """Add a comment before the end of a GIF."""
    content = text.encode("ascii")
    blocks = [content[at : at + 255] for at in range(0, len(content), 255)]
    with path.open("r+b") as file:
        file.seek(-1, io.SEEK_END)
        if file.read(1) != b";":
            raise ValueError(f"{path.name} does not end as a GIF does")
        file.seek(-1, io.SEEK_END)
        file.write(b"!\xfe" + b"".join(bytes([len(block)]) + block for block in blocks) + b"\0;")


def append_webp_description(path: Path, text: str, size: tuple[int, int]) -> None:
    """Add the image description to a WebP of `size` (width, height), and set the flag in its header."""
    content = _exif(text)
    chunk = b"EXIF" + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2)
    with path.open("r+b") as file:
        if _exactly(file, 12)[8:] != b"WEBP":
            raise ValueError(f"{path.name} does not begin as a WebP does")
        if file.read(4) == b"VP8X":
            file.seek(20)
            flags = file.read(1)[0]
            file.seek(20)
            file.write(bytes([flags | _HAS_EXIF]))
        else:  # a single image without a header
            file.seek(12)
            image, (width, height) = file.read(), size
            head = b"VP8X" + struct.pack("<IB3x", 10, _HAS_EXIF)
            file.seek(12)
            file.write(head + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little") + image)
        file.seek(0, io.SEEK_END)
        file.write(chunk)
        end = file.tell()
        file.seek(4)
        file.write(struct.pack("<I", end - 8))


def webp_milliseconds(path: Path) -> int:
    """Return how long a WebP of several images lasts: the sum of the times of its frames."""
    total = 0
    with path.open("rb") as file:
        for kind, length in _riff_chunks(file):
            if kind == b"ANMF":
                head = file.read(min(length, 16))
                total += int.from_bytes(head[12:15], "little")
    return total


def _in_gif(file: BinaryIO) -> bytes | None:
    head = _exactly(file, 13)
    if head[:3] != b"GIF":
        raise ValueError("it is not a GIF")
    _skip_colors(file, head[10])
    for _ in range(_MOST_BLOCKS):
        match file.read(1):
            case b"!" if file.read(1) == b"\xfe":
                text = _sub_blocks(file, keep=True)
                if is_recipe(text):
                    return text
            case b"!":
                _sub_blocks(file, keep=False)
            case b",":
                _skip_colors(file, _exactly(file, 9)[8])
                file.read(1)
                _sub_blocks(file, keep=False)
            case _:
                return None
    return None


def _skip_colors(file: BinaryIO, flags: int) -> None:
    if flags & 0x80:
        file.seek(3 << ((flags & 7) + 1), io.SEEK_CUR)


def _sub_blocks(file: BinaryIO, *, keep: bool) -> bytes:
    """Read or skip the data of a block; keep at most `_MOST_TEXT` bytes."""
    kept = bytearray()
    for _ in range(_MOST_BLOCKS):
        length = _exactly(file, 1)[0]
        if length == 0:
            break
        if keep and len(kept) < _MOST_TEXT:
            kept += _exactly(file, length)
        else:
            file.seek(length, io.SEEK_CUR)
    return bytes(kept)


def _in_png(file: BinaryIO) -> bytes | None:
    if file.read(8) != b"\x89PNG\r\n\x1a\n":
        raise ValueError("it is not a PNG")
    for _ in range(_MOST_BLOCKS):
        length, kind = struct.unpack(">I4s", _exactly(file, 8))
        if kind == b"IEND":
            return None
        if kind != b"iTXt" or length > _MOST_TEXT:
            file.seek(length + 4, io.SEEK_CUR)
            continue
        content, checksum = _exactly(file, length), struct.unpack(">I", _exactly(file, 4))[0]
        key, _, rest = content.partition(b"\0")
        if key.decode("latin-1") != KEY:
            continue
        if zlib.crc32(kind + content) != checksum:
            raise ValueError("the checksum of its recipe is wrong")
        if rest[:1] != b"\0":
            raise ValueError("its recipe is compressed")
        return rest[2:].split(b"\0", 2)[2]
    return None


def _riff_chunks(file: BinaryIO) -> Iterator[tuple[bytes, int]]:
    """Yield the kind and the length of each chunk of a WebP; the file stands at its content."""
    end = file.seek(0, io.SEEK_END)
    file.seek(0)
    head = _exactly(file, 12)
    if head[:4] != b"RIFF" or head[8:] != b"WEBP":
        raise ValueError("it is not a WebP")
    for _ in range(_MOST_BLOCKS):
        head = file.read(8)
        if len(head) < 8:
            return
        kind, length = struct.unpack("<4sI", head)
        start = file.tell()
        if start + length > end:
            raise ValueError("it ends too early")
        yield kind, length
        file.seek(start + length + length % 2)


def _in_webp(file: BinaryIO) -> bytes | None:
    for kind, length in _riff_chunks(file):
        if kind == b"EXIF" and length <= _MOST_TEXT:
            text = _description(_exactly(file, length))
            if is_recipe(text):
                return text
    return None


def _exif(text: str) -> bytes:
    """Return EXIF with one entry, the image description."""
    content = text.encode("ascii") + b"\0"
    return struct.pack("<2sHIHHHIII", b"II", 42, 8, 1, _DESCRIPTION, _ASCII, len(content), 26, 0) + content


def _description(exif: bytes) -> bytes:
    """Return the image description; empty without one."""
    exif = exif.removeprefix(b"Exif\0\0")
    order = {b"II": "<", b"MM": ">"}.get(exif[:2])
    if order is None:
        raise ValueError("its EXIF is damaged")
    (place,) = struct.unpack_from(f"{order}I", exif, 4)
    (count,) = struct.unpack_from(f"{order}H", exif, place)
    for number in range(count):
        tag, kind, length, start = struct.unpack_from(f"{order}HHII", exif, place + 2 + 12 * number)
        if (tag, kind) == (_DESCRIPTION, _ASCII):
            return exif[start : start + length].rstrip(b"\0")
    return b""


def _in_mp4(file: BinaryIO) -> bytes | None:
    """Find the comment as ffmpeg writes it: in moov, udta, meta, ilst, comment, data."""
    end = file.seek(0, io.SEEK_END)
    file.seek(4)
    if file.read(4) != b"ftyp":
        raise ValueError("it is not an MP4")
    start = 0
    for kind in (b"moov", b"udta", b"meta", b"ilst", b"\xa9cmt", b"data"):
        found = _box(file, kind, start, end)
        if found is None:
            return None
        start, end = found
        if kind == b"meta":
            start += 4  # its version and flags
    file.seek(start + 8)  # after the type and the language
    text = _exactly(file, min(end - start - 8, _MOST_TEXT))
    return text if is_recipe(text) else None


def _box(file: BinaryIO, wanted: bytes, start: int, end: int) -> tuple[int, int] | None:
    """Return where the content of a box begins and ends, or None; the box lies between two places of the file."""
    for _ in range(_MOST_BLOCKS):
        if start + 8 > end:
            return None
        file.seek(start)
        length, kind = struct.unpack(">I4s", _exactly(file, 8))
        head = 8
        if length == 1:
            length, head = struct.unpack(">Q", _exactly(file, 8))[0], 16
        elif length == 0:
            length = end - start
        if length < head or start + length > end:
            raise ValueError("it ends too early")
        if kind == wanted:
            return start + head, start + length
        start += length
    return None


def _in_npz(file: BinaryIO) -> bytes | None:
    with zipfile.ZipFile(file) as archive:
        name = f"{KEY}.npy"
        if name not in archive.namelist():
            return None
        if archive.getinfo(name).compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise ValueError("its recipe is compressed in a way that NumPy does not use")
        with archive.open(name) as member:
            content = member.read(4 * _MOST_TEXT + 1)
    stream = io.BytesIO(content)
    if np.lib.format.read_magic(stream) != (1, 0):
        raise ValueError("its recipe is not an array that NumPy writes")
    shape, _, form = np.lib.format.read_array_header_1_0(stream)
    if shape != () or form.kind != "U" or len(content) - stream.tell() != form.itemsize:
        raise ValueError("its recipe is not a text")
    return str(np.frombuffer(content, form, offset=stream.tell())[0]).encode("ascii", "replace")


def _exactly(file: BinaryIO, count: int) -> bytes:
    content = file.read(count)
    if len(content) < count:
        raise ValueError("it ends too early")
    return content


_READERS: Final[dict[str, Callable[[BinaryIO], bytes | None]]] = {
    ".gif": _in_gif,
    ".webp": _in_webp,
    ".mp4": _in_mp4,
    ".png": _in_png,
    ".npz": _in_npz,
}
