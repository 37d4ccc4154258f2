import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from dreamer_studio.envs.errors import EnvError
from dreamer_studio.envs.frames import has_alpha, to_frame


def test_that_an_image_of_the_right_size_is_copied_as_it_is() -> None:
    image = np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8)
    frame = to_frame(image, 64, 64)
    assert np.array_equal(frame, image) and not np.shares_memory(frame, image) and frame.flags.c_contiguous


def test_that_shrinking_takes_the_mean_of_every_area() -> None:
    image = np.zeros((128, 256, 3), np.uint8)
    image[::2] = 200  # every other line: picking single pixels would give 0 or 200
    frame = to_frame(image, 64, 64)
    assert frame.shape == (64, 64, 3) and (frame == 100).all()


@pytest.mark.parametrize("shape", [(84, 32), (84, 32, 1), (64, 64)])
def test_that_gray_images_become_rgb(shape: tuple[int, ...]) -> None:
    frame = to_frame(np.full(shape, 7, np.uint8), 64, 64)
    assert frame.shape == (64, 64, 3) and frame.dtype == np.uint8 and (frame == 7).all()


def test_that_width_and_height_are_not_mixed_up() -> None:
    assert to_frame(np.zeros((10, 20, 3), np.uint8), 40, 30).shape == (30, 40, 3)


RGB = np.arange(64 * 48 * 3, dtype=np.uint32).astype(np.uint8).reshape(64, 48, 3)
GRAY = RGB[..., 0]
OLD = np.zeros_like(GRAY)


@pytest.mark.parametrize(
    ("image", "expected"),
    [
        (RGB.transpose(2, 0, 1), RGB),
        (RGB / 255.0, RGB),
        (RGB.astype(np.float32) / 255, RGB),
        (RGB.astype(np.int64), RGB),
        (GRAY > 100, np.where(GRAY > 100, 255, 0)),
        (Image.fromarray(RGB), RGB),
        ([np.zeros_like(RGB), RGB], RGB),
        ([RGB], RGB),
        (RGB.tolist(), RGB),
        (np.stack([np.zeros_like(RGB), RGB]), RGB),
        (np.concatenate([np.zeros_like(RGB), RGB], axis=2), RGB),
        (np.stack([OLD, OLD, OLD, GRAY]), GRAY),
        (np.stack([OLD, OLD, OLD, GRAY], axis=2), GRAY),
        (np.stack([OLD, OLD, GRAY])[..., np.newaxis], GRAY),
    ],
    ids=[
        "channels first", "float64", "float32", "int64", "bool", "Pillow", "list", "list of one",
        "nested lists", "stack", "stack in channels", "stack of gray first", "stack of gray last",
        "stack of gray with channel",
    ],
)  # fmt: skip
def test_that_every_usual_kind_of_image_gives_its_newest_frame(image: object, expected: NDArray[np.uint8]) -> None:
    assert np.array_equal(to_frame(image, 48, 64), to_frame(expected.astype(np.uint8), 48, 64))


def test_that_four_channels_are_rgba_over_black_or_a_stack() -> None:
    opaque = np.dstack([RGB, np.full_like(GRAY, 255)])
    clear = np.dstack([RGB, np.where(GRAY > 100, 255, 0).astype(np.uint8)])
    assert has_alpha(opaque) and has_alpha(opaque / 255.0) and not has_alpha(clear) and not has_alpha(RGB)
    assert np.array_equal(to_frame(opaque, 48, 64, rgba=True), RGB)
    assert np.array_equal(to_frame(clear, 48, 64, rgba=True), RGB * (GRAY > 100)[..., np.newaxis])
    assert np.array_equal(to_frame(clear, 48, 64), to_frame(clear[..., 3], 48, 64))


def test_that_whole_numbers_are_scaled_from_the_bounds_of_their_space() -> None:
    codes = np.arange(5).repeat(20).reshape(10, 10)
    for dtype in (np.uint8, np.int32):
        assert np.array_equal(to_frame(codes.astype(dtype), 10, 10, (0.0, 4.0))[..., 0], np.rint(codes * 255 / 4))


def test_that_floats_may_overshoot_a_little() -> None:
    assert to_frame(np.full((64, 64), 1.005), 64, 64).max() == 255
    with pytest.raises(EnvError, match=r"from 1\.02 to 1\.02"):
        to_frame(np.full((64, 64), 1.02), 64, 64)


def test_that_floats_are_scaled_from_the_bounds_of_their_space() -> None:
    assert np.array_equal(to_frame(RGB / 127.5 - 1.0, 48, 64, (-1.0, 1.0)), RGB)
    assert np.array_equal(to_frame(RGB.astype(np.float64), 48, 64, (0.0, 255.0)), RGB)


@pytest.mark.parametrize(
    ("image", "words"),
    [
        (np.zeros((64, 64, 20), np.uint8), r"uint8 \(64, 64, 20\)"),
        (np.full((64, 64, 3), 7.0, np.float32), "values from 7 to 7; float32 must be from 0 to 1"),
        (np.full((64, 64, 3), np.nan), "values from nan"),
        (np.full((64, 64, 3), 300), "values from 300 to 300"),
        (np.zeros((64, 64, 3), np.complex64), "complex64"),
        ("@....", "a str"),
        ([], "a list"),
        (np.zeros((0, 64, 3), np.uint8), r"\(0, 64, 3\)"),
        (None, "None"),
        ([1, 2], "a list"),
    ],
)
def test_that_anything_else_is_refused_with_a_description(image: object, words: str) -> None:
    with pytest.raises(EnvError, match=words):
        to_frame(image, 64, 64)
