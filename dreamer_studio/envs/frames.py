"""Checked and resized images."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from dreamer_studio.envs.errors import EnvError


def is_image_shape(shape: tuple[int, ...]) -> bool:
    """Says whether `shape` is that of an image: (H, W, 3), (H, W, 1) or (H, W), nothing of it empty."""
    channels_fit = len(shape) == 2 or (len(shape) == 3 and shape[2] in (1, 3))
    return channels_fit and min(shape) > 0


def to_frame(image: object, width: int, height: int) -> NDArray[np.uint8]:
    """Turns what an environment gave as an image into an RGB frame of the wanted size.

    Every pixel of a smaller frame is the mean of the area that it covers, so thin lines fade instead of
    vanishing. The aspect ratio is not kept.

    Args:
        image: uint8 (H, W, 3), or grey: (H, W, 1) or (H, W).
        width: Width of the result in pixels.
        height: Height of the result in pixels.

    Returns:
        A new contiguous array, uint8 (height, width, 3).

    Raises:
        EnvError: If `image` is anything else; the message says what it is.
    """
    if not isinstance(image, np.ndarray) or image.dtype != np.uint8 or not is_image_shape(image.shape):
        raise EnvError(f"the image is {_describe(image)}, not uint8 of shape (H, W, 3), (H, W, 1) or (H, W)")
    pixels = image[..., np.newaxis] if image.ndim == 2 else image
    rgb = np.broadcast_to(pixels, (*pixels.shape[:2], 3))
    if rgb.shape[:2] == (height, width):
        return np.array(rgb, order="C")
    picture = Image.fromarray(np.ascontiguousarray(rgb))
    # BOX is the exact mean when shrinking but repeats pixels when growing; BILINEAR grows smoothly.
    shrinks = width <= picture.width and height <= picture.height
    kind = Image.Resampling.BOX if shrinks else Image.Resampling.BILINEAR
    return np.array(picture.resize((width, height), kind))


def _describe(image: object) -> str:
    if isinstance(image, np.ndarray):
        return f"{image.dtype} of shape {image.shape}"
    return "None" if image is None else f"a {type(image).__name__}"
