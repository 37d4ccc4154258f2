"""The thumbnail of a run: from ``latest.png``, or else from an episode."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from dreamer_studio.library.thumbnail import read_thumbnail
from dreamer_studio.replay import EpisodeStore
from tests.support.episodes import make_episode


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """Return a run with one episode."""
    EpisodeStore(tmp_path / "episodes", 0).add(make_episode(0, 9))
    return tmp_path


def write(path: Path, image: np.ndarray) -> np.ndarray:
    Image.fromarray(image).save(path)
    return image


def noise(height: int, width: int, *colors: int) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (height, width, *colors), np.uint8)


@pytest.mark.parametrize("width", [64, 128])
def test_that_the_frame_of_the_newest_checkpoint_is_the_thumbnail_and_no_episode_is_read(
    tmp_path: Path, width: int
) -> None:
    assert read_thumbnail(tmp_path) is None
    image = write(tmp_path / "latest.png", noise(64, width, 3))
    (tmp_path / "episodes").write_bytes(b"not a folder")
    found = read_thumbnail(tmp_path)
    assert found is not None and np.array_equal(found, image[:, :64]) and found.flags.c_contiguous


def test_that_an_image_that_is_missing_or_not_ours_leaves_the_thumbnail_to_the_newest_episode(run: Path) -> None:
    latest, expected = run / "latest.png", read_thumbnail(run)
    assert expected is not None and expected.shape == (64, 64, 3)

    def falls_back() -> bool:
        found = read_thumbnail(run)
        return found is not None and np.array_equal(found, expected)

    for image in (noise(64, 64), noise(65, 64, 3), noise(64, 64, 4), noise(2, 2, 3)):
        write(latest, image)
        assert falls_back()
    write(latest, noise(64, 64, 3))
    latest.write_bytes(latest.read_bytes()[:5000])
    assert falls_back()
    latest.write_bytes(b"\x89PNG\r\n\x1a\n" + b"0" * 100)
    assert falls_back()
    latest.unlink()
    write(run.parent / "other.png", noise(64, 64, 3))
    latest.symlink_to(run.parent / "other.png")
    assert falls_back()
