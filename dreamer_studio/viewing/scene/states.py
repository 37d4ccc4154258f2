"""The states from which scenes continue: latents and agents, which stay with the workers. Needs torch."""

from __future__ import annotations

from dataclasses import dataclass, replace
from weakref import WeakKeyDictionary

import torch
from torch import Tensor

from dreamer_studio.dreamer.agent import Agent
from dreamer_studio.dreamer.latent import LatentState
from dreamer_studio.dreamer.noise import NoiseSource
from dreamer_studio.viewing.scene.columns import LatentsKey, LatentsRef
from dreamer_studio.viewing.worker import CannotAnswerError

MOST_BYTES = 2**30
"""Most bytes of latents and weights kept. A window's branches stay far below: nine agents of `paper` are 230 MB."""


class LatentsGoneError(CannotAnswerError):
    """The latents of a scene were dropped; the message says what to do."""


@dataclass(frozen=True, eq=False)
class SceneState:
    """The state from which a scene continues.

    Attributes:
        agent: the snapshot that dreams.
        noise: the source of noise for everything dreamed from here.
        feat: (T, F), the features of each column.
        posterior: (C, .), the posterior of each column of the context.
        disclam: lambda of the lambda-return.
    """

    agent: Agent
    noise: NoiseSource
    feat: Tensor
    posterior: LatentState
    disclam: float

    def up_to(self, column: int) -> SceneState:
        """Return the state up to and including this column."""
        kept = slice(column + 1)
        return replace(self, feat=self.feat[kept], posterior=self.posterior.map(lambda part: part[kept]))

    def followed_by(self, feat: Tensor) -> SceneState:
        """Return the state, followed by features (n, F) of later columns."""
        return replace(self, feat=torch.cat([self.feat, feat]))


class SceneStates:
    """Keeps the state of each scene as long as any value holds its `LatentsRef`.

    When the window deletes a branch, the last reference to its key goes, and the tensors are freed. For the workers of
    one thread; any thread may drop references.

    Args:
        most_bytes: most bytes of all tensors and weights; beyond, the least recently used states are dropped.
    """

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most_bytes = most_bytes
        self._states: WeakKeyDictionary[LatentsKey, SceneState] = WeakKeyDictionary()
        self._weights: WeakKeyDictionary[Agent, int] = WeakKeyDictionary()  # bytes of each agent's weights

    def __len__(self) -> int:
        return len(self._states)

    @property
    def nbytes(self) -> int:
        """Return the bytes of all kept tensors, counting each agent's weights once."""
        states = list(self._states.values())
        weights = sum(self._weights[agent] for agent in {state.agent for state in states})
        latents: int = sum(part.nbytes for state in states for part in (state.feat, *state.posterior))
        return weights + latents

    def keep(self, state: SceneState) -> LatentsRef:
        """Keep a state until the last reference to it goes."""
        key = LatentsKey()
        if state.agent not in self._weights:
            self._weights[state.agent] = sum(weight.nbytes for weight in state.agent.parameters())
        self._states[key] = state
        self._make_room(key)
        return LatentsRef(key, len(state.feat))

    def of(self, latents: LatentsRef) -> SceneState:
        """Look up the state of a scene.

        Raises:
            LatentsGoneError: the state was dropped to make room for others.
        """
        state = self._states.pop(latents.key, None)
        if state is None:
            raise LatentsGoneError(
                "The latents of this branch were dropped to save memory. Press D to dream from here."
            )
        self._states[latents.key] = state  # moves to the end: most recently used
        return state.up_to(latents.columns - 1)

    def _make_room(self, newest: LatentsKey) -> None:
        while self.nbytes > self._most_bytes:
            oldest = next(iter(self._states.keys()))
            if oldest is newest:
                return
            self._states.pop(oldest, None)
