"""Files of a run as a stranger could make them: real files changed at random, and files made to do harm."""

from __future__ import annotations

import io
import json
import os
import pickle
import random
import struct
import zipfile
from collections.abc import Callable, Mapping
from itertools import accumulate
from pathlib import Path
from typing import Any, Final

import numpy as np
import zstandard
from numpy.typing import NDArray

from dreamer_studio.replay.files import row_of, rows_in
from dreamer_studio.replay.seekable import BLOCK_ROWS, npy_header, pack, pieces_of

HUGE: Final = (2**60, 2**63, 2**64 - 1, 2**31 - 1, 2**32 - 1, 10**9, 10**400, -1, -(2**63), 0)
ODD_VALUES: Final[tuple[Any, ...]] = (
    *HUGE,
    1e308,
    float("nan"),
    float("inf"),
    None,
    True,
    "",
    "x" * 5000,
    "../../../etc/passwd",
    "/etc/passwd",
    "<img src=x onerror=alert(1)>\n\x1b[2J\0",
    [],
    [[[[]]]],
    {},
    {"__reduce__": ["os.system", "true"]},
    "\ud800",
)


class RunsCode:
    """An object whose pickle makes a file when it is unpickled."""

    def __init__(self, trace: Path) -> None:
        self._trace = trace

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[str, str]]:
        return (open, (str(self._trace), "w"))


def changed_bytes(content: bytes, chance: random.Random) -> bytes:
    """Flip, cut, repeat or fill bytes, or put numbers of any size where numbers may be."""
    data = bytearray(content)
    for _ in range(chance.choice((1, 1, 1, 2, 5, 30))):
        at = chance.randrange(len(data) + 1) if chance.random() < 0.5 else _near_an_end(len(data), chance)
        length = chance.choice((1, 2, 4, 8, 50, 1000))
        match chance.randrange(7):
            case 0 if at < len(data):
                data[at] ^= 1 << chance.randrange(8)
            case 1:
                del data[at:]
            case 2:
                del data[at : at + length]
            case 3:
                data[at:at] = data[at : at + length]
            case 4:
                data[at : at + length] = bytes([chance.choice((0, 255, 32))]) * length
            case 5:
                data[at : at + 8] = struct.pack("<Q", chance.choice(HUGE) % 2**64)
            case _:
                data[at : at + 4] = struct.pack("<I", chance.choice(HUGE) % 2**32)
    return bytes(data)


def changed_json(content: bytes, chance: random.Random) -> bytes:
    """Replace values anywhere by odd ones; remove, rename or add keys."""
    value = json.loads(content)
    for _ in range(chance.choice((1, 1, 2, 4))):
        value = _change_somewhere(value, chance)
    return json.dumps(value).encode()


def changed_lines(content: bytes, chance: random.Random) -> bytes:
    """Change a log: some lines as JSON, some as bytes, some moved."""
    lines = content.splitlines(keepends=True)
    whole = list(lines)
    for _ in range(chance.choice((1, 3, 10))):
        at = chance.randrange(len(lines))
        match chance.randrange(4):
            case 0:
                lines[at] = changed_json(chance.choice(whole), chance) + b"\n"
            case 1:
                lines[at] = changed_bytes(lines[at], chance) + chance.choice((b"\n", b""))
            case 2:
                lines[at : at + 1] = [lines[at]] * chance.choice((0, 2, 50))
                lines = lines or [b"\n"]
            case _:
                lines[at] = chance.choice((b"[" * 5000, b'{"kind":' * 3000, b"\xff" * 20_000, b"9" * 6000)) + b"\n"
    return b"".join(lines)


def changed_safetensors(content: bytes, chance: random.Random) -> bytes:
    """Change the header as JSON, with its length set right or wrong."""
    size = struct.unpack("<Q", content[:8])[0]
    header = json.loads(content[8 : 8 + size])
    name = chance.choice([name for name in header if name != "__metadata__"])
    entry = header[name]
    match chance.randrange(6):
        case 0:
            entry["shape"] = [chance.choice(HUGE) for _ in range(chance.randrange(4))]
        case 1:
            entry["data_offsets"] = [chance.choice((*HUGE, entry["data_offsets"][0])) for _ in range(2)]
        case 2:
            entry["dtype"] = chance.choice(("F64", "I64", "BOOL", "F8_E4M3", "BF16", "object", "U8"))
        case 3:
            header["../" + name] = header.pop(name)
        case 4:
            entry["shape"] = entry["shape"][::-1] + chance.choice(([], [1]))
        case _:
            header = _change_somewhere(header, chance)
    packed = json.dumps(header).encode()
    return struct.pack("<Q", chance.choice((len(packed), len(packed), 2**60))) + packed + content[8 + size :]


def changed_table(content: bytes, chance: random.Random) -> bytes:
    """Make an episode whose table of parts claims wrong sizes."""
    count = struct.unpack("<I", content[-9:-5])[0]
    begin = len(content) - 9 - 8 * count
    entries = list(struct.iter_unpack("<II", content[begin:-9]))
    at = chance.randrange(len(entries))
    packed, unpacked = entries[at]
    odd = [value % 2**32 for value in HUGE]
    entries[at] = (chance.choice((packed, *odd)), chance.choice((unpacked, *odd)))
    if chance.random() < 0.3:
        entries = entries * chance.choice((2, 50))
    table = b"".join(struct.pack("<II", *entry) for entry in entries)
    claimed = chance.choice((len(entries), len(entries), 2**32 - 1, 2**27))
    return content[:begin] + table + struct.pack("<I", claimed) + content[-5:]


def changed_header(content: bytes, chance: random.Random) -> bytes:
    """Make an episode whose array has a wrong header, packed correctly."""
    pieces = _pieces_in(content)
    return pack([changed_bytes(pieces[0], chance), *pieces[1:]])


def changed_states(content: bytes, chance: random.Random) -> bytes:
    """Make an episode with wrong states behind its rows: odd numbers, another shape or type, or a false header."""
    rows, pieces = rows_in(io.BytesIO(content)), _pieces_in(content)
    states = np.resize(np.array([chance.choice((0.0, 1e308, -1.0, np.nan, np.inf)) for _ in range(7)]), (rows.rows, 5))
    columns = chance.choice((5, 0, 1, 2047, 2048, 2049, 10**6))
    claims: list[NDArray[Any]] = [
        states,
        np.broadcast_to(0.0, (rows.rows, columns)),
        np.broadcast_to(0.0, (chance.choice((0, 1, 2**20, 2**40)), 5)),
        np.zeros((rows.rows, 5), chance.choice((np.float32, np.int64, np.bool_, object, ">f8", "S8"))),
        states[:, 0],
        states[..., None],
        np.asfortranarray(states),
    ]
    behind = pieces_of(chance.choice((states, states[:-1], states[:, :0])))
    return pack([*pieces, npy_header(chance.choice(claims)), *behind[1:]])


def changed_scene(content: bytes, chance: random.Random) -> bytes:
    """Make a scene with one wrong member: changed, of another shape or type, missing, or a bomb."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    name = chance.choice(["about.npy"] * 3 + list(members))
    array = np.load(io.BytesIO(members[name]), allow_pickle=False)
    packing = zipfile.ZIP_DEFLATED
    match chance.randrange(6):
        case 0 if name == "about.npy":
            members[name] = _npy(np.array(changed_json(str(array).encode(), chance).decode()))
        case 1:
            members[name] = changed_bytes(members[name], chance)
        case 2:
            other = chance.choice(
                (array[..., None], array.astype("S4"), array.astype(object), np.asfortranarray(array))
            )
            members[name] = _npy(other)
        case 3:
            del members[name]
        case 4:
            members[name] = members[name] + bytes(chance.choice((1, 1000, 2**26)))
        case _:
            packing = chance.choice((zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA, zipfile.ZIP_STORED))
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", packing) as archive:
        for member, held in members.items():
            archive.writestr(member, held)
    return changed_bytes(packed.getvalue(), chance) if chance.random() < 0.2 else packed.getvalue()


def _pieces_in(content: bytes) -> list[bytes]:
    """Return the bytes from which an episode's rows were packed, without states."""
    rows = rows_in(io.BytesIO(content))
    plain = zstandard.ZstdDecompressor().stream_reader(content, read_across_frames=True).read()
    sizes = rows.table.sizes[: rows.end]
    return [plain[end - size : end] for end, size in zip(accumulate(sizes), sizes, strict=True)]


def _npy(array: NDArray[Any]) -> bytes:
    stream = io.BytesIO()
    np.save(stream, array, allow_pickle=True)  # a reader must refuse arrays that need this
    return stream.getvalue()


def bomb(rows: int, *, honest: bool = True) -> bytes:
    """Make an episode of `rows` black rows in a small file; if not honest, each part unpacks to a gigabyte."""
    record = row_of(2)
    header = npy_header(np.zeros(1, record)).replace(b"(1,)", b"(%d,)" % rows)
    header = header[:8] + struct.pack("<H", len(header) - 10) + header[10:]
    compressor = zstandard.ZstdCompressor(level=1, write_checksum=True)
    full = bytes(BLOCK_ROWS * record.itemsize)
    part = compressor.compress(full if honest else bytes(2**30))
    blocks = min(-(-rows // BLOCK_ROWS), 2**17)
    pieces = [(compressor.compress(header), len(header)), *[(part, len(full))] * blocks]
    table = b"".join(struct.pack("<II", len(packed), size) for packed, size in pieces)
    table += struct.pack("<IBI", len(pieces), 0, 0x8F92EAB1)
    body = b"".join(packed for packed, _ in pieces)
    return body + struct.pack("<II", 0x184D2A5E, len(table) % 2**32) + table


def hostile_episodes(trace: Path) -> Mapping[str, bytes]:
    """Return harmful episodes by their attack; `trace` is a file that their code would make."""
    objects = io.BytesIO()
    np.save(objects, np.array([RunsCode(trace)], object), allow_pickle=True)
    return {
        "a million rows in a small file": bomb(2**20),
        "a billion rows": bomb(10**9),
        "parts that unpack to a gigabyte": bomb(32, honest=False),
        "an array of objects": zstandard.compress(objects.getvalue()),
        "a pickle": pickle.dumps(RunsCode(trace)),
        "nothing": b"",
    }


def hostile_tensors(trace: Path) -> Mapping[str, bytes]:
    """Return harmful files of tensors by their attack."""
    claim = json.dumps({"a": {"dtype": "F32", "shape": [2**58], "data_offsets": [0, 2**60]}}).encode()
    return {
        "a header of 2^60 bytes": struct.pack("<Q", 2**60) + b"{}",
        "a tensor of 2^60 bytes": struct.pack("<Q", len(claim)) + claim,
        "a pickle": pickle.dumps(RunsCode(trace)),
        "a zip of a pickle": b"PK\x03\x04" + pickle.dumps(RunsCode(trace)),
        "nothing": b"",
    }


def instead_of(path: Path, kind: str, secret: Path) -> None:
    """Replace a file by a link that leads out of the run, a pipe, a folder or a device."""
    path.unlink(missing_ok=True)
    match kind:
        case "absolute link":
            path.symlink_to(secret)
        case "relative link":
            path.symlink_to(Path(os.path.relpath(secret, path.parent)))
        case "device":
            path.symlink_to("/dev/zero")
        case "pipe":
            os.mkfifo(path)
        case _:
            path.mkdir()


def _near_an_end(length: int, chance: random.Random) -> int:
    """Return the places of headers and tables."""
    return chance.randrange(min(length, 64) + 1) if chance.random() < 0.5 else max(0, length - chance.randrange(1, 65))


def _change_somewhere(value: Any, chance: random.Random) -> Any:
    inside = isinstance(value, dict | list) and bool(value) and chance.random() < 0.9
    if not inside:
        return chance.choice(ODD_VALUES)
    key: Any = chance.choice(list(value)) if isinstance(value, dict) else chance.randrange(len(value))
    match chance.randrange(8):
        case 0:
            del value[key]
        case 1 if isinstance(value, dict):
            value[chance.choice(("../x", "x" * 2000, "", key + "_"))] = chance.choice(ODD_VALUES)
        case _:
            value[key] = _change_somewhere(value[key], chance)
    return value
