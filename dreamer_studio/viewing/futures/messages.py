"""Several futures of one frame: what is asked, and what comes back. No torch here: the window is there before it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from dreamer_studio.arrays import Images
from dreamer_studio.dreams.what_if import Chance
from dreamer_studio.viewing.scene.messages import EPISODE_ACTS, Scene, policy_acts

if TYPE_CHECKING:
    from dreamer_studio.dreams.futures import Futures


@dataclass(frozen=True, eq=False)
class FuturesRequest:
    """Several futures of one frame of a scene.

    Attributes:
        number: counts the requests of this window; what answers an older one than the newest is dropped.
        scene: the scene.
        column: of the frame, which is decoded.
        actions: (N, L, A), NaN wherever the policy acts.
        chance: what is left to it.
        taken: (N,), how many of the first actions are those that the episode took.
    """

    number: int
    scene: Scene
    column: int
    actions: NDArray[np.float32]
    chance: Chance
    taken: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class FuturesResult:
    """N futures of L steps; the frame that they start from is not among them.

    Attributes:
        request: what it answers.
        model: (L, N, 64, 64, 3), of which the first `decoded` steps are there.
        made: the numbers of each step and future.
    """

    request: FuturesRequest
    model: Images
    decoded: int
    made: Futures

    @property
    def length(self) -> int:
        """L."""
        return len(self.model)

    def scene_of(self, future: int) -> Scene:
        """The scene that goes this way from the frame on."""
        import torch  # noqa: PLC0415  (futures come from a thread that has loaded it)

        request, made = self.request, self.made
        before = request.scene.up_to(request.column)
        wanted, taken = request.actions[future], request.taken[future]
        chosen = ~np.isnan(wanted).all(-1)
        chosen[:taken] = False
        acting = before.acting_from(before.columns, EPISODE_ACTS) if taken else before.acting
        return replace(
            before,
            recorded=before.recorded + taken if before.recorded == before.columns else before.recorded,
            model=np.concatenate([before.model, self.model[:, future]]),
            decoded=request.column + 1 + self.decoded,
            action=np.concatenate([before.action, made.action[:, future]]),
            reward=np.append(before.reward, made.reward[:, future]),
            value=np.append(before.value, made.value[:, future]),
            kl=np.append(before.kl, np.full(self.length, np.nan)),
            entropy=np.append(before.entropy, made.entropy[:, future]),
            policy=np.concatenate([before.policy, np.full_like(wanted, np.nan)]),
            driven=np.append(before.driven, chosen),
            acting=(*acting, (before.columns + taken, policy_acts(request.chance.policy))),
            latents=replace(before.latents, feat=torch.cat([before.latents.feat, made.feat[:, future]])),
        )
