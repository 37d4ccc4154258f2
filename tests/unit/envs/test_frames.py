import numpy as np
import pytest

from dreamer_studio.envs.errors import EnvError
from dreamer_studio.envs.frames import to_frame


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
def test_that_grey_images_become_rgb(shape: tuple[int, ...]) -> None:
    frame = to_frame(np.full(shape, 7, np.uint8), 64, 64)
    assert frame.shape == (64, 64, 3) and frame.dtype == np.uint8 and (frame == 7).all()


def test_that_width_and_height_are_not_mixed_up() -> None:
    assert to_frame(np.zeros((10, 20, 3), np.uint8), 40, 30).shape == (30, 40, 3)


@pytest.mark.parametrize(
    ("image", "words"),
    [
        (np.zeros((64, 64, 4), np.uint8), r"uint8 of shape \(64, 64, 4\)"),
        (np.zeros((64, 64, 3), np.float32), "float32"),
        (np.zeros((0, 64, 3), np.uint8), r"\(0, 64, 3\)"),
        (None, "None"),
        ([1, 2], "a list"),
    ],
)
def test_that_anything_else_is_refused_with_what_it_is(image: object, words: str) -> None:
    with pytest.raises(EnvError, match=words):
        to_frame(image, 64, 64)
