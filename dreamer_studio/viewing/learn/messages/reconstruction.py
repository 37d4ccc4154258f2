"""Messages of the chapter on reconstructions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dreamer_studio.arrays import Floats, Images
from dreamer_studio.dreams.image_error import square_error
from dreamer_studio.viewing.learn.messages import LearnRequest, LearnResult


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
