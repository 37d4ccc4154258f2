"""Messages of the chapter on the transition model."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dreamer_studio.arrays import Floats, Images
from dreamer_studio.dreams.image_error import square_error
from dreamer_studio.viewing.learn.messages import LearnRequest, LearnResult


@dataclass(frozen=True)
class CoveredRequest(LearnRequest):
    """Cover the model's eyes for some frames of a scene, then open them again.

    Attributes:
        covered: number of frames; fewer if the scene is shorter.
    """

    covered: int


@dataclass(frozen=True, eq=False)
class CoveredResult(LearnResult):
    """A scene as the model sees it: once with all frames, once with its eyes covered for some of them.

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
