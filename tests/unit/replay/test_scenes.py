"""The file of a scene, which may come from another person."""

from __future__ import annotations

import io
import json
import tracemalloc
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dreamer_studio.replay import Episode
from dreamer_studio.replay.scenes import About, SavedScene, SceneError, read_scene, write_scene
from tests.support.episodes import make_episode, same

ABOUT = About("dmc:walker-walk", "continuous", ("left", "right"), 3, 10, 4, 20)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "a.scene.npz"
    write_scene(path, SavedScene(ABOUT, make_episode(3, 20)))
    return path


def rewrite(path: Path, **members: bytes | None) -> None:
    """Replace members of a scene's file; None removes a member."""
    with zipfile.ZipFile(path) as archive:
        content: dict[str, bytes | None] = {name: archive.read(name) for name in archive.namelist()}
    content |= {f"{name}.npy": member for name, member in members.items()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, member in content.items():
            if member is not None:
                archive.writestr(name, member)


def npy(array: Any, *, pickled: bool = False) -> bytes:
    stream = io.BytesIO()
    np.save(stream, array, allow_pickle=pickled)
    return stream.getvalue()


def about(**changes: Any) -> bytes:
    values = {"task": "t", "action_kind": "continuous", "action_names": ["a", "b"]}
    numbers = {"episode": 3, "first": 10, "frame": 4, "rows": 20}
    return npy(json.dumps(values | numbers | changes))


def test_that_a_scene_is_read_back_unchanged_and_numpy_alone_can_open_it(path: Path) -> None:
    scene = read_scene(path)
    assert scene.about == ABOUT
    assert same(scene.rows, make_episode(3, 20))
    assert scene.rows.reward.flags.aligned and scene.rows.image.flags.writeable
    with np.load(path, allow_pickle=False) as arrays:
        assert json.loads(str(arrays["about"]))["task"] == "dmc:walker-walk"
        np.testing.assert_array_equal(arrays["image"], scene.rows.image)


@pytest.mark.parametrize(
    "members",
    [
        {"reward": None},
        {"about": None},
        {"about": npy(3)},
        {"about": npy("no JSON")},
        {"about": npy(["a", "b"])},
        {"about": about(rows=10**9)},
        {"about": about(rows=19)},
        {"about": about(frame=20)},
        {"about": about(action_names=["x"] * 3)},
        {"about": about(action_kind="other")},
        {"about": about(extra=1)},
        {"about": npy("x" * 10**6)},
        {"action": npy(np.full((20, 2), np.nan, np.float32))},
        {"action": npy(np.zeros((20, 2), np.float64))},
        {"reward": npy(np.zeros(21, np.float32))},
        {"reward": npy(np.array([None] * 20), pickled=True)},
        {"steps": npy(np.zeros(20, np.int32))[:-1]},
        {"image": npy(np.zeros((64, 64, 20, 3), np.uint8).T)},
        {"image": b"nothing"},
        {"reward": npy(np.zeros(20, np.float32)).replace(b"}", b" ")},
        {"about": npy(np.array("x")).replace(b"}", b"(")},
    ],
)
def test_that_an_invalid_file_is_refused_in_one_line(path: Path, members: dict[str, Any]) -> None:
    rewrite(path, **members)
    with pytest.raises(
        SceneError,
        match=r"^a\.scene\.npz is not a (readable scene: |scene file)[^\n]+$",
    ):
        read_scene(path)


def test_that_other_files_are_refused_and_a_changed_byte_is_detected_or_harmless(path: Path) -> None:
    content = path.read_bytes()
    for other in (b"", b"PK", content[: len(content) // 2]):
        path.write_bytes(other)
        with pytest.raises(SceneError):
            read_scene(path)
    refused = 0
    for at in range(0, len(content), 3):
        flipped = bytearray(content)
        flipped[at] ^= 0xFF
        path.write_bytes(flipped)
        try:
            assert same(read_scene(path).rows, make_episode(3, 20))  # a byte that means nothing
        except SceneError:
            refused += 1
    assert refused > len(content) / 6
    with pytest.raises(SceneError, match="No such file"):
        read_scene(path.with_name("none"))


def test_that_a_small_file_that_unpacks_to_hundreds_of_megabytes_is_refused_with_little_memory(path: Path) -> None:
    """A small file that unpacks to hundreds of megabytes."""
    huge = np.zeros((300 * 2**20,), np.uint8)
    rewrite(path, image=npy(huge))
    del huge
    tracemalloc.start()
    with pytest.raises(SceneError):
        read_scene(path)
    assert tracemalloc.get_traced_memory()[1] < 8 * 2**20
    tracemalloc.stop()


def test_that_a_part_of_an_episode_is_an_episode_of_its_rows() -> None:
    part = make_episode(1, 10).part(3, 4)
    assert isinstance(part, Episode)
    assert part.reward.tolist() == pytest.approx([3.01, 4.01, 5.01, 6.01])
