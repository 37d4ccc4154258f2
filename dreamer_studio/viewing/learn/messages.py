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


@dataclass(frozen=True)
class CoveredRequest(LearnRequest):
    """Cover the model's eyes for some frames of a scene, then open them again.

    Attributes:
        covered: number of frames; fewer if the scene is shorter.
    """

    covered: int


@dataclass(frozen=True, eq=False)
class CoveredResult(LearnResult):
    """A scene of which the model saw all frames, and once more with its eyes covered in the middle.

    Attributes:
        first: the first covered frame.
        covered: number of covered frames.
        seen: (T, 64, 64, 3), the reconstructions of a model that saw all frames.
        dreamed: (T, 64, 64, 3), the images of the model whose eyes were covered.
        kl: (T,), in nats, KL(posterior || prior) of the model whose eyes were covered; NaN for covered frames.
        kl_seen: (T,), the same of the model that saw all frames.
    """

    first: int
    covered: int
    seen: Images
    dreamed: Images
    kl: Floats
    kl_seen: Floats

    @property
    def opened(self) -> int:
        """Return the first frame that the model sees again."""
        return self.first + self.covered

    @property
    def errors(self) -> Floats:
        """Return the mean squared error (T,) of the model whose eyes were covered, with colors from 0 to 1."""
        errors: Floats = square_error(self.real, self.dreamed).astype(np.float64)
        return errors

    @property
    def still_errors(self) -> Floats:
        """Return the mean squared error (T,) of the last frame before the cover."""
        still = np.broadcast_to(self.real[self.first - 1], self.real.shape)
        errors: Floats = square_error(self.real, still).astype(np.float64)
        return errors


@dataclass(frozen=True)
class LambdaRequest(LearnRequest):
    """Compute the value model's targets along a dream.

    Attributes:
        disclam: lambda, from 0 to 1.
    """

    disclam: float


@dataclass(frozen=True, eq=False)
class LambdaResult(LearnResult):
    """A dream of H steps, and lambda-returns along the dream.

    Attributes:
        images: (H, 64, 64, 3), the imagined states, drawn.
        reward, value: (H,), predicted.
        returns: (H - 1,), lambda-returns for the lambda of the request.
        short, long: (H - 1,), lambda-returns for lambda 0 and 1.
        short_without, long_without: the same if the value model said 0 everywhere.
    """

    images: Images
    reward: Floats
    value: Floats
    returns: Floats
    short: Floats
    long: Floats
    short_without: Floats
    long_without: Floats
