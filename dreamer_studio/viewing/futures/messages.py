"""Several futures of one frame: the request and the result. No torch."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dreamer_studio.arrays import Floats, Images
from dreamer_studio.dreams.action_plans import Chance
from dreamer_studio.viewing.scene.columns import LatentsRef, SceneColumns
from dreamer_studio.viewing.scene.messages import Scene, policy_acts


@dataclass(frozen=True, eq=False)
class FuturesRequest:
    """A request for several futures of one frame of a scene.

    Attributes:
        scene: the scene.
        column: the column of the frame, which is decoded.
        actions: (N, L, A), NaN wherever the policy acts.
        chance: how much is left to chance.
        taken: (N,), how many of the first actions are the recorded ones.
    """

    scene: Scene
    column: int
    actions: NDArray[np.float32]
    chance: Chance
    taken: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class FuturesResult:
    """N futures of L steps, without the frame from which they start.

    Attributes:
        request: the request that this result answers.
        model: (n, N, 64, 64, 3), read-only: the frames of the first n <= L steps.
        action: (L, N, A), the action that led to each step.
        reward, value, entropy: (L, N), predicted there; the policy's entropy in nats.
        ending: (L, N), predicted chance that the episode is over; NaN if the model predicts no ends.
        returns: (N,), the lambda-return from the first step on, which the actor learns to maximize.
        latents: (N,), references to the latents of the scene up to the frame, followed by each future.
    """

    request: FuturesRequest
    model: Images
    action: NDArray[np.float32]
    reward: Floats
    value: Floats
    entropy: Floats
    ending: Floats
    returns: Floats
    latents: tuple[LatentsRef, ...]

    @property
    def length(self) -> int:
        """L."""
        return len(self.reward)

    @property
    def decoded(self) -> int:
        """Return n, the number of steps whose frames are decoded."""
        return len(self.model)

    def scene_of(self, future: int) -> Scene:
        """Return the scene up to the frame, followed by a future."""
        request = self.request
        before = request.scene.up_to(request.column)
        taken = request.taken[future]
        chosen = ~np.isnan(request.actions[future]).all(-1)
        chosen[:taken] = False
        later = SceneColumns.dreamed(
            self.action[:, future],
            self.reward[:, future],
            self.value[:, future],
            self.entropy[:, future],
            self.ending[:, future],
            driven=chosen,
        )
        return before.extended(
            later,
            model=np.concatenate([before.model, self.model[:, future]]),
            latents=self.latents[future],
            acts=policy_acts(request.chance.policy),
            along_episode=taken,
        )
