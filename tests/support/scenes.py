"""Scenes of made values, without a model."""

from __future__ import annotations

import numpy as np

from dreamer_studio.dreams.returns import received_return
from dreamer_studio.viewing.frame_ref import FrameRef
from dreamer_studio.viewing.frames import read_only
from dreamer_studio.viewing.scene.columns import LatentsKey, LatentsRef, SceneColumns
from dreamer_studio.viewing.scene.messages import Scene, SceneRequest

REQUEST = SceneRequest(None, 3, 5, "sample", 0)


def made_columns(first: int, count: int) -> SceneColumns:
    """Return columns whose numbers follow from the column's index; the actions have two dimensions."""
    number = np.arange(first, first + count, dtype=np.float64)
    action = np.stack([number, -number], axis=1).astype(np.float32)
    ending = number / 100
    return SceneColumns(action, number, 10 * number, number / 2, number / 3, ending, action + 1, number % 2 == 0)


def made_scene(columns: int = 8, *, context: int = 3, real: int = 6, decoded: int | None = None) -> Scene:
    """Return a scene of rows 10 to 10 + `columns` of episode 4. Images and received rewards encode their column."""
    images = np.broadcast_to(np.arange(columns, dtype=np.uint8)[:, None, None, None], (columns, 64, 64, 3))
    numbers = made_columns(0, columns)
    return Scene(
        number=1,
        request=REQUEST,
        origin=FrameRef(False, 4, 9 + context),
        episode_rows=50,
        update=7,
        context=context,
        recorded=context,
        real=images[:real] + np.uint8(100),
        received=numbers.reward[:real] + 100,
        taken=numbers.action[:real],
        came=received_return(numbers.reward[:real] + 100, 0.5, terminal=False),
        over=np.zeros(real, np.bool_),
        model=read_only(np.ascontiguousarray(images[:decoded])),
        columns=numbers,
        latents=LatentsRef(LatentsKey(), columns),
        acting=((0, REQUEST.acts),),
    )
