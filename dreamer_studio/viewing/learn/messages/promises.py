"""Messages of the chapter on dreams that promise too much."""

from __future__ import annotations

from dataclasses import dataclass

from dreamer_studio.arrays import Floats, Images
from dreamer_studio.viewing.learn.messages import LearnRequest, LearnResult


@dataclass(frozen=True)
class PromisesRequest(LearnRequest):
    """Improve the actions of a dream for the dream alone, and see what the model promises.

    Attributes:
        improvements: steps of gradient ascent.
    """

    improvements: int


@dataclass(frozen=True, eq=False)
class PromisesResult(LearnResult):
    """Two dreams of H steps from the last frame of a scene, with the same noise.

    Attributes:
        policy, improved: (H, 64, 64, 3), the dream in which the policy acts, and the one with improved actions.
        reward_policy, reward_improved: (H,), predicted.
        highest: the highest reward that was received in the scene's episode.
        episode_rows: rows of that episode.
    """

    policy: Images
    improved: Images
    reward_policy: Floats
    reward_improved: Floats
    highest: float
    episode_rows: int
