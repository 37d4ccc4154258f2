"""Messages of the chapter on the value model."""

from __future__ import annotations

from dataclasses import dataclass

from dreamer_studio.arrays import Floats, Images
from dreamer_studio.viewing.learn.messages import LearnRequest, LearnResult


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
