"""Requests and results of the chapters of Learn. Imports no torch at run time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dreamer_studio.arrays import Floats, Images
from dreamer_studio.dreams.image_error import square_error
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


@dataclass(frozen=True)
class ReconstructionRequest(LearnRequest):
    """Reconstruct a scene with the newest weights, and with weights that never learned."""


@dataclass(frozen=True, eq=False)
class ReconstructionResult(LearnResult):
    """A scene and its reconstructions.

    Attributes:
        trained, untrained: (T, 64, 64, 3), reconstructions by the newest weights and by weights before any update.
        state_size: numbers in a state.
    """

    trained: Images
    untrained: Images
    state_size: int

    @property
    def errors(self) -> Floats:
        """Return the mean squared error (T,) of the trained model, with colors from 0 to 1."""
        errors: Floats = square_error(self.real, self.trained).astype(np.float64)
        return errors

    @property
    def untrained_errors(self) -> Floats:
        """Return the mean squared error (T,) of the untrained model, with colors from 0 to 1."""
        errors: Floats = square_error(self.real, self.untrained).astype(np.float64)
        return errors
