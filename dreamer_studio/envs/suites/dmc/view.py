"""Images of a dm_control simulation. Importing this binds OpenGL: in environment processes only."""

import contextlib
from collections.abc import Iterator
from typing import Any, Final

import mujoco
import numpy as np
from dm_control.mujoco import Camera
from numpy.typing import NDArray

from dreamer_studio.arrays import FRAME_SIZE
from dreamer_studio.envs.frames import to_frame
from dreamer_studio.envs.spec import RenderQuality

_LARGEST_RENDER: Final = 1024

# Without a GPU, most of a frame's time goes into shadow maps of 2048 x 2048 pixels and into lighting the vertices of
# round shapes, once for each light and mirror. A frame of 64 x 64 needs far fewer of both. Shadows, reflections and
# antialiasing stay: without antialiasing, thin shapes would move by whole pixels.
_FAST: Final = {"shadowsize": 256, "numslices": 16, "numstacks": 8}


class DmcView:
    """One camera of a simulation.

    Args:
        physics: dm_control's, before its first frame; its `model.vis` belongs to this object from now on.
        camera: Number of a camera of the model.
        quality: ``full`` gives the pixels that `physics.render` gives; ``fast`` differs as `RenderQuality` says.
    """

    def __init__(self, physics: Any, camera: int, quality: RenderQuality) -> None:
        self._physics = physics
        self._camera = camera
        if quality == "fast":
            _simplify(physics.model.vis.quality)
        # All of the off-screen buffer is cleared for every frame, so it is no larger than the frame.
        self._declare_buffer(FRAME_SIZE, FRAME_SIZE)
        # Kept, since making a scene takes milliseconds, and dm_control's own `render` makes one for every frame.
        self._kept = Camera(physics, FRAME_SIZE, FRAME_SIZE, camera)

    def frame(self) -> NDArray[np.uint8]:
        """Draw the current state as the agent sees it, uint8 (64, 64, 3), a new array."""
        return to_frame(self._kept.render(), FRAME_SIZE, FRAME_SIZE)

    def render(self, width: int, height: int) -> NDArray[np.uint8]:
        """Draw the current state, uint8 (height, width, 3); an image with a side over 1024 pixels is enlarged."""
        scale = min(1.0, _LARGEST_RENDER / max(width, height))
        size = {"width": max(1, round(width * scale)), "height": max(1, round(height * scale))}
        with self._buffer_for(**size):
            return to_frame(self._physics.render(camera_id=self._camera, **size), width, height)

    @contextlib.contextmanager
    def _buffer_for(self, width: int, height: int) -> Iterator[None]:
        """Enlarge the off-screen buffer for an image that does not fit."""
        if max(width, height) <= FRAME_SIZE:
            yield
            return
        self._resize_buffer(max(width, FRAME_SIZE), max(height, FRAME_SIZE))
        try:
            yield
        finally:
            self._resize_buffer(FRAME_SIZE, FRAME_SIZE)

    def _resize_buffer(self, width: int, height: int) -> None:
        contexts = self._physics.contexts
        with contexts.gl.make_current() as context:
            context.call(mujoco.mjr_resizeOffscreen, width, height, contexts.mujoco.ptr)
        self._declare_buffer(width, height)

    def _declare_buffer(self, width: int, height: int) -> None:
        """Write the buffer's size where dm_control looks for it: on making its context, then its cameras."""
        declared = self._physics.model.vis.global_
        declared.offwidth, declared.offheight = width, height


def _simplify(quality: Any) -> None:
    for name, value in _FAST.items():
        setattr(quality, name, min(value, getattr(quality, name)))
