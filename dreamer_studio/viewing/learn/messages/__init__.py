"""Requests and results of the chapters of Learn, a module for each chapter. No torch."""

from __future__ import annotations

from dataclasses import dataclass

from dreamer_studio.arrays import Images
from dreamer_studio.viewing.frame_ref import FrameRef


@dataclass(frozen=True)
class LearnRequest:
    """A standing request: the worker answers again whenever there are newer weights. Each chapter has its own kind.

    Attributes:
        scene: number of the fixed scene, from 0 on. A scene stays the same while its episode is stored.
    """

    scene: int


@dataclass(frozen=True, eq=False)
class LearnResult:
    """The answer to a chapter's request. Each chapter has its own kind.

    Attributes:
        request: the request.
        update: the update of the weights.
        origin: the first frame of the scene.
        real: (T, 64, 64, 3), the recorded frames of the scene.
    """

    request: LearnRequest
    update: int
    origin: FrameRef
    real: Images
