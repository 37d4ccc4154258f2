"""What scenes go on from: their latents and agents, which stay with the workers. Needs torch."""

from __future__ import annotations

from dataclasses import dataclass, replace
from weakref import WeakKeyDictionary

import torch
from torch import Tensor

from dreamer_studio.dreamer.agent import Agent
from dreamer_studio.dreamer.latent import LatentState
from dreamer_studio.dreamer.noise import NoiseSource
from dreamer_studio.viewing.scene.columns import LatentsKey, LatentsRef

MOST_BYTES = 2**30
"""Of latents and weights that are kept. The branches of a window stay far below: nine agents of `paper` are 230 MB."""


class LatentsGoneError(ValueError):
    """The latents of a scene are not kept any more; the message says what to do."""


@dataclass(frozen=True, eq=False)
class SceneState:
    """What a scene goes on from.

    Attributes:
        agent: the snapshot that dreams.
        noise: drawn from for all that is dreamed on from here.
        feat: (T, F), of each column.
        posterior: (C, .), over the context.
        disclam: lambda of the lambda-return.
    """

    agent: Agent
    noise: NoiseSource
    feat: Tensor
    posterior: LatentState
    disclam: float

    def up_to(self, column: int) -> SceneState:
        """Return the state up to this column, which is included."""
        kept = slice(column + 1)
        return replace(self, feat=self.feat[kept], posterior=self.posterior.map(lambda part: part[kept]))

    def followed_by(self, feat: Tensor) -> SceneState:
        """Return the state with features (n, F) of later columns."""
        return replace(self, feat=torch.cat([self.feat, feat]))


class SceneStates:
    """Keeps the state of each scene as long as any value holds its `LatentsRef`.

    The window deletes a branch, the last reference to its key goes, and the tensors are freed. For the workers of one
    thread; the references may be dropped in any thread.

    Args:
        most_bytes: of all tensors and weights; beyond that the states that were used longest ago are dropped.
    """

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most_bytes = most_bytes
        self._states: WeakKeyDictionary[LatentsKey, SceneState] = WeakKeyDictionary()
        self._weights: WeakKeyDictionary[Agent, int] = WeakKeyDictionary()  # bytes of each agent's

    def __len__(self) -> int:
        return len(self._states)

    @property
    def nbytes(self) -> int:
        """Bytes of all tensors that are kept, the weights of each agent once."""
        states = list(self._states.values())
        weights = sum(self._weights[agent] for agent in {state.agent for state in states})
        latents: int = sum(part.nbytes for state in states for part in (state.feat, *state.posterior))
        return weights + latents

    def keep(self, state: SceneState) -> LatentsRef:
        """Keep a state until nobody holds the reference to it."""
        key = LatentsKey()
        if state.agent not in self._weights:
            self._weights[state.agent] = sum(weight.nbytes for weight in state.agent.parameters())
        self._states[key] = state
        self._make_room(key)
        return LatentsRef(key, len(state.feat))

    def of(self, latents: LatentsRef) -> SceneState:
        """Look up the state of a scene.

        Raises:
            LatentsGoneError: it was dropped to make room for others.
        """
        state = self._states.pop(latents.key, None)
        if state is None:
            raise LatentsGoneError(
                "The latents of this branch were dropped to save memory. Press D to dream from here."
            )
        self._states[latents.key] = state  # behind the others: used last
        return state.up_to(latents.columns - 1)

    def _make_room(self, newest: LatentsKey) -> None:
        while self.nbytes > self._most_bytes:
            oldest = next(iter(self._states.keys()))
            if oldest is newest:
                return
            self._states.pop(oldest, None)
