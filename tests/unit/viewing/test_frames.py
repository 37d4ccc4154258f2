"""Frames that one thread appends while others read them."""

from __future__ import annotations

import numpy as np
import pytest

from dreamer_studio.arrays import Images
from dreamer_studio.viewing.frames import GrowingFrames, no_frames, read_only


def images(*values: int) -> Images:
    return np.stack([np.full((64, 64, 3), value, np.uint8) for value in values])


def test_that_published_arrays_keep_their_frames_while_more_are_appended() -> None:
    frames = GrowingFrames(images(1), room=3)
    first = frames.published
    appended = [frames.append(images(value)) for value in range(2, 40)]  # several times beyond the room at first
    published = [first, *appended]
    for count, each in enumerate(published, start=1):
        assert each[:, 0, 0, 0].tolist() == list(range(1, count + 1))
    assert len(frames) == 39


def test_that_frames_within_the_room_are_appended_without_copying_the_others() -> None:
    frames = GrowingFrames(no_frames(), room=4)
    first = frames.append(images(1, 2))
    second = frames.append(images(3, 4))
    assert np.shares_memory(first, second)
    assert not np.shares_memory(second, frames.append(images(5)))


def test_that_published_arrays_are_read_only() -> None:
    frames = GrowingFrames(images(1))
    for each in (frames.published, frames.append(images(2)), no_frames(), read_only(images(3))):
        with pytest.raises(ValueError, match="read-only"):
            each[...] = 0


def test_that_the_first_frames_are_copied() -> None:
    first = images(1, 2)
    frames = GrowingFrames(first)
    first[:] = 9
    assert frames.published[:, 0, 0, 0].tolist() == [1, 2]


def test_that_frames_of_several_futures_grow_by_steps() -> None:
    frames = GrowingFrames(no_frames(3), room=2)
    assert frames.published.shape == (0, 3, 64, 64, 3)
    assert frames.append(np.zeros((1, 3, 64, 64, 3), np.uint8)).shape == (1, 3, 64, 64, 3)
