"""Held-out episodes as the model sees them: the posterior at every frame."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray

from dreamer_studio.arrays import Floats
from dreamer_studio.config import Config
from dreamer_studio.dreamer.latent import LatentState, join_states
from dreamer_studio.dreamer.noise import NoiseSource
from dreamer_studio.dreams.features import to_floats
from dreamer_studio.dreams.rewards import as_learned
from dreamer_studio.replay import Episode
from dreamer_studio.trust.knowing.world import WorldState
from dreamer_studio.trust.model import Model

PART_ROWS = 256
"""Rows filtered at once, so that a long episode takes little memory."""

Player = Literal["sample", "mode", "random"]
"""Who played an episode: the policy's sample, its mode, or uniformly random actions."""


@dataclass(frozen=True, eq=False)
class HeldOut:
    """An episode that no update learned from.

    Attributes:
        rows: the reset and the agent steps after it.
        player: who acted.
        current: whether the judged weights played it; random actions have no weights.
        world: the simulator's state at the rows; None if it is not on record.
        update, number: the update whose weights played it, and its number among their episodes; -1 if it has none.
    """

    rows: Episode
    player: Player
    current: bool = True
    world: WorldState | None = None
    update: int = -1
    number: int = -1

    @property
    def by_policy(self) -> bool:
        """Return whether the policy that is judged acted."""
        return self.current and self.player != "random"


@dataclass(frozen=True, eq=False)
class Seen:
    """A held-out episode of T rows with the model's posteriors.

    Attributes:
        held: the episode.
        states: (T, .), posteriors after each frame.
        received: (T,), rewards as the model learns them.
        reward, value: (T,), predicted at the posteriors.
        moving: (64, 64) bool, pixels that change at all during the episode.
    """

    held: HeldOut
    states: LatentState
    received: Floats
    reward: Floats
    value: Floats
    moving: NDArray[np.bool_]


@torch.no_grad()
def see(model: Model, held: HeldOut, config: Config, noise: NoiseSource) -> Seen:
    """Filter a whole episode, as the agent does when it plays."""
    posterior = posteriors(model, held.rows, noise)
    predicted = model.heads(posterior.feat)
    return Seen(
        held,
        posterior,
        as_learned(held.rows.reward, config),
        to_floats(predicted.reward),
        to_floats(predicted.value),
        np.asarray((held.rows.image.max(0) != held.rows.image.min(0)).any(-1)),
    )


@torch.no_grad()
def posteriors(model: Model, rows: Episode, noise: NoiseSource) -> LatentState:
    """Return the posteriors (T, .) after each row of an episode."""
    states: list[LatentState] = []
    for first in range(0, len(rows), PART_ROWS):
        part = rows.part(first, PART_ROWS)
        image = torch.from_numpy(part.image).to(noise.device).unsqueeze(0)
        action = torch.from_numpy(part.action).to(noise.device).unsqueeze(0)
        before = states[-1].map(lambda numbers: numbers[:, -1]) if states else None
        states.append(model.filter(image, action, model.noise(noise, len(part), 1), before))
    return join_states(states, 1).map(lambda numbers: numbers[0])
