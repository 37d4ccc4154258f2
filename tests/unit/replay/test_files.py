"""The file of an episode."""

import io
import struct
from pathlib import Path

import numpy as np
import pytest
import zstandard

from dreamer_studio.replay import Episode, ReplayError, read_episode
from dreamer_studio.replay.files import pack_episode, row_of
from dreamer_studio.replay.seekable import npy_header, pack
from tests.support.episodes import make_episode, same


@pytest.mark.parametrize("rows", [1, 15, 16, 17, 32, 100])
def test_that_an_episode_is_read_back_from_its_file_unchanged(tmp_path: Path, rows: int) -> None:
    episode = make_episode(3, rows)
    episode.image[:] = np.random.default_rng(0).integers(256, size=episode.image.shape)
    (tmp_path / "episode").write_bytes(pack_episode(episode))
    again = read_episode(tmp_path / "episode")
    assert same(again, episode)
    assert again.reward.flags.aligned and again.image.flags.writeable


def test_that_numpy_and_zstandard_alone_can_read_the_file_of_an_episode(tmp_path: Path) -> None:
    (tmp_path / "episode").write_bytes(pack_episode(make_episode(3, 40)))
    with (tmp_path / "episode").open("rb") as file:
        rows = np.load(io.BytesIO(zstandard.ZstdDecompressor().stream_reader(file, read_across_frames=True).read()))
    assert rows["image"].shape == (40, 64, 64, 3)
    np.testing.assert_array_equal(rows["reward"], make_episode(3, 40).reward)


def test_that_a_short_episode_makes_a_small_file() -> None:
    assert len(pack_episode(make_episode(3, 20))) < 1500


def _flipped(content: bytes, at: int) -> bytes:
    return content[:at] + bytes([content[at] ^ 0x55]) + content[at + 1 :]


def _other_array() -> bytes:
    """Return a whole seekable file that holds no episode."""
    stream = io.BytesIO()
    np.save(stream, np.zeros(3))
    pieces = [stream.getvalue()[:-24], stream.getvalue()[-24:]]
    packed = [zstandard.compress(piece) for piece in pieces]
    table = b"".join(struct.pack("<II", len(a), len(b)) for a, b in zip(packed, pieces, strict=True))
    table += struct.pack("<IBI", 2, 0, 0x8F92EAB1)
    return b"".join(packed) + struct.pack("<II", 0x184D2A5E, len(table)) + table


def _cut_header() -> bytes:
    """Return a whole file in which the array's header ends in the middle."""
    header = npy_header(np.zeros(40, row_of(1)))
    return pack([header.replace(b"}", b" "), b"rows"])


CONTENT = pack_episode(make_episode(0, 40))
DAMAGED = {
    "cut in the middle": CONTENT[: len(CONTENT) // 2],
    "cut at the end": CONTENT[:-1],
    "emptied": b"",
    "too short": CONTENT[-20:],
    "header": _flipped(CONTENT, 40),
    "header cut": _cut_header(),
    "rows": _flipped(CONTENT, len(CONTENT) // 2),
    "table": _flipped(CONTENT, len(CONTENT) - 20),
    "number of parts": _flipped(CONTENT, len(CONTENT) - 9),
    "zeroed": CONTENT[:300] + bytes(len(CONTENT) - 300),
    "without its beginning": CONTENT[100:],
    "another array": _other_array(),
}


@pytest.mark.parametrize("damage", DAMAGED)
def test_that_a_damaged_file_is_refused_by_name(tmp_path: Path, damage: str) -> None:
    (tmp_path / "episode-7").write_bytes(DAMAGED[damage])
    with pytest.raises(ReplayError, match="episode-7 is not a readable episode"):
        read_episode(tmp_path / "episode-7")


def test_that_a_changed_byte_is_detected_or_harmless(tmp_path: Path) -> None:
    whole = read_back(tmp_path, CONTENT)
    for at in range(0, len(CONTENT), 7):
        try:
            assert same(read_back(tmp_path, _flipped(CONTENT, at)), whole)
        except ReplayError:
            continue


def read_back(folder: Path, content: bytes) -> Episode:
    (folder / "episode").write_bytes(content)
    return read_episode(folder / "episode")
