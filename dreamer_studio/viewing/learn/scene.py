"""The fixed scenes of Learn: short pieces of stored episodes that stay the same while the weights change."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from dreamer_studio.dreamer.agent import Agent
from dreamer_studio.dreamer.latent import LatentState
from dreamer_studio.dreamer.noise import NoiseSource
from dreamer_studio.replay import Episode
from dreamer_studio.session import Session, Snapshot
from dreamer_studio.viewing.frame_ref import FrameRef
from dreamer_studio.viewing.scene.source import NoSceneError, SceneSource

LENGTH = 48
"""Rows of a scene; fewer if its episode is shorter."""

STRIDE = 7919  # a prime, so that scenes of one episode begin at different rows
SEED = 19_120_160  # of the noise of the posteriors; independent of the training's


@dataclass(frozen=True, eq=False)
class LearnScene:
    """A fixed scene, and the weights that look at it.

    Attributes:
        agent: the weights.
        snapshot: their snapshot.
        origin: the first frame of the scene.
        rows: the T recorded rows.
        episode_reward: (n,), the rewards of all rows of the scene's episode.
        device: of the weights.
    """

    agent: Agent
    snapshot: Snapshot
    origin: FrameRef
    rows: Episode
    episode_reward: NDArray[np.float32]
    device: torch.device

    @cached_property
    def image(self) -> Tensor:
        """Return the frames, (1, T, 64, 64, 3) uint8."""
        return torch.from_numpy(self.rows.image).to(self.device).unsqueeze(0)

    @cached_property
    def action(self) -> Tensor:
        """Return the actions that led to the frames, (1, T, A)."""
        return torch.from_numpy(self.rows.action).to(self.device).unsqueeze(0)

    @cached_property
    def posterior(self) -> LatentState:
        """Return the posteriors of the weights, (1, T, .)."""
        return self.posterior_of(self.agent)

    @property
    def end(self) -> LatentState:
        """Return the posterior at the last frame, (1, .): dreams start there."""
        return self.posterior.map(lambda part: part[:, -1])

    def posterior_of(self, agent: Agent) -> LatentState:
        """Return the posteriors (1, T, .) of an agent, with the same noise for each agent and each update."""
        noise = agent.noise(NoiseSource(SEED, self.device), len(self.rows), 1)
        return agent.filter(self.image, self.action, noise)


@dataclass(frozen=True, eq=False)
class PolicyDream:
    """A dream of H steps from the end of a scene, in which the policy acts.

    Attributes:
        noise: (H, 1, S), of the imagined states.
        states: (H, 1, .).
        action: (H, 1, A); action[k] led to state k.
    """

    noise: Tensor
    states: LatentState
    action: Tensor


def policy_dream(scene: LearnScene) -> PolicyDream:
    """Dream as far as the training does, with the same noise each time."""
    agent, source = scene.agent, NoiseSource(SEED, scene.device)
    noise = agent.noise(source, scene.snapshot.config.horizon, 1)
    states, action = agent.roll_out(scene.end, lambda feat, _: agent.act(feat, source), noise)
    return PolicyDream(noise, states, action)


class FixedScenes:
    """Finds the rows of fixed scenes. A number means the same rows until their episode is gone."""

    def __init__(self, session: Session) -> None:
        self._source = SceneSource(session)
        self._origins: dict[int, FrameRef] = {}
        self._found: tuple[FrameRef, Episode, NDArray[np.float32]] | None = None

    def find(self, number: int) -> tuple[FrameRef, Episode, NDArray[np.float32]]:
        """Return the first frame of a scene, its rows, and the rewards (n,) of its whole episode.

        Raises:
            NoSceneError: no episode is stored yet.
            ReplayError, OSError: the episode's file cannot be read.
        """
        origin = self._origins.get(number)
        if origin is None or self._source.episodes().place(origin.episode) is None:
            origin = self._origins[number] = self._choose(number)
        if self._found is None or self._found[0] != origin:
            episodes, place = self._source.stored(origin.episode)
            rows = episodes.get(place, origin.index, min(LENGTH, episodes.length(place) - origin.index))
            rewards = np.concatenate([part.reward for part in episodes.parts(place)])
            self._found = origin, rows, rewards
        return self._found

    def _choose(self, number: int) -> FrameRef:
        """Return the start of a scene: one episode further back for each number, beginning with the newest."""
        episodes = self._source.episodes()
        if not len(episodes):
            raise NoSceneError("No episode is stored yet. The first one comes with the prefill.")
        place = len(episodes) - 1 - number % len(episodes)
        latest = max(0, episodes.length(place) - LENGTH)
        newest = FrameRef(False, episodes.newest, 0)
        return replace(newest, episode=int(episodes.numbers[place]), index=number * STRIDE % (latest + 1))
