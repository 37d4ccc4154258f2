"""Maps the latents of a scene's episode."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import torch
from torch import Tensor

from dreamer_studio.arrays import Floats
from dreamer_studio.dreamer.agent import Agent
from dreamer_studio.dreamer.noise import NoiseSource
from dreamer_studio.dreams.latent_map import Axes, PosteriorFilter, principal_axes
from dreamer_studio.replay import Episode, ReplayError
from dreamer_studio.session import Session
from dreamer_studio.viewing.channel import Channel
from dreamer_studio.viewing.latents.messages import LatentMap
from dreamer_studio.viewing.scene.messages import Scene
from dreamer_studio.viewing.scene.source import NoSceneError, SceneSource, as_episode
from dreamer_studio.viewing.scene.states import SceneState, SceneStates
from dreamer_studio.viewing.throttle import Throttle

REACH = 500  # rows before and after the scene's frame
ROWS_AT_ONCE = 16
GROW_SECONDS = 1.0  # between checks for new rows of a running episode
SEED = 20_191_204  # of the map's noise; independent of the training's


class _Mapping:
    """A map, finished or in progress.

    Attributes:
        first: the first row of the episode on the map.
        rows: the newest rows; the first `taken` of them are filtered.
        posteriors: filters the rows.
        points: as in `LatentMap`.
    """

    def __init__(self, scene: Scene, agent: Agent, first: int, rows: Episode, noise: NoiseSource) -> None:
        self._of = scene
        self._agent = agent
        self._fitted = 0
        self._axes: Axes | None = None
        self.first = first
        self.rows, self.taken = rows, 0
        self.posteriors = PosteriorFilter(agent, noise)
        self.points: Floats = np.empty((0, 2))

    @property
    def end(self) -> int:
        """Return the row after the last one that is filtered or waiting."""
        return self.first + self.posteriors.rows + len(self.rows) - self.taken

    @property
    def waiting(self) -> bool:
        """Return whether rows are waiting to be filtered."""
        return self.taken < len(self.rows)

    @property
    def share(self) -> tuple[float, float]:
        """Return the share of the variance in each of the two directions."""
        return self._axes.share if self._axes is not None else (0.0, 0.0)

    def covers(self, scene: Scene, agent: Agent) -> bool:
        """Return whether a scene fits the map: the same episode, and the same weights."""
        mine, other = self._of.origin, scene.origin
        there = self.first <= other.index < self.end or other.index == mine.index
        same = replace(mine, index=0) == replace(other, index=0)
        return there and same and self._agent is agent

    def go_on(self) -> None:
        """Filter the next rows. After the last one, compute the places of all rows."""
        part = slice(self.taken, self.taken + ROWS_AT_ONCE)
        self.posteriors.add(self.rows.image[part], self.rows.action[part])
        self.taken = min(part.stop, len(self.rows))
        if self.waiting:
            return
        feat = self.posteriors.feat
        if self._axes is None or len(feat) >= 2 * self._fitted:  # a few more rows must not turn the map
            self._axes, self._fitted = principal_axes(feat), len(feat)
        self.points = self._axes.place(feat)

    def path(self, feat: Tensor) -> Floats:
        """Return the places of features (T, F), (T, 2); none before there are axes."""
        return np.empty((0, 2)) if self._axes is None else self._axes.place(feat)


class MapWorker:
    """Filters the episode of the newest visible scene, some rows at a time."""

    def __init__(
        self, session: Session, device: torch.device, channel: Channel[Scene, LatentMap], states: SceneStates
    ) -> None:
        self.channel = channel
        self._states = states
        self._device = device
        self._source = SceneSource(session)
        self._generation = 0
        self._scene: Scene | None = None
        self._mapping: _Mapping | None = None
        self._due = Throttle(GROW_SECONDS)

    @torch.inference_mode()
    def turn(self) -> bool:
        """Do one small piece of work, if there is any, and return whether there was."""
        taken = self.channel.take()
        if taken is not None:
            self._generation, self._scene = taken
        scene, mapping = self._scene, self._mapping
        if scene is None or not self.channel.wants(self._generation):
            return False
        self._mapping = None  # after a failure, start the map again
        state = self._states.of(scene.latents)
        try:
            if mapping is None or not mapping.covers(scene, state.agent):
                mapping = self._begin(scene, state)
        except (NoSceneError, ReplayError, OSError) as error:
            self.channel.fail(self._generation, str(error))
            return True
        fresh = mapping.waiting or self._grow(mapping, scene)
        if fresh:
            mapping.go_on()
        if fresh or taken is not None:
            self._publish(mapping, scene, state)
        self._mapping = mapping
        return fresh or taken is not None

    def _begin(self, scene: Scene, state: SceneState) -> _Mapping:
        found = self._source.find(replace(scene.request, origin=scene.origin, context=REACH, length=REACH))
        if found is None:
            raise NoSceneError("The episode of this scene is gone.")
        return _Mapping(scene, state.agent, found.first, found.rows, NoiseSource(SEED, self._device))

    def _grow(self, mapping: _Mapping, scene: Scene) -> bool:
        """Add the new rows of a running episode."""
        if not scene.origin.live or mapping.posteriors.rows >= 2 * REACH or not self._due():
            return False
        steps = [step for step in self._source.steps_of(scene.origin.episode) if step.index >= mapping.end]
        if not steps or steps[0].index != mapping.end:
            return False
        mapping.rows, mapping.taken = as_episode(steps), 0
        return True

    def _publish(self, mapping: _Mapping, scene: Scene, state: SceneState) -> None:
        """Answer with the current map. The map of a running episode stays open for new rows."""
        result = LatentMap(
            scene.latents,
            scene.origin,
            mapping.first,
            mapping.end - mapping.first,
            mapping.posteriors.rows,
            mapping.points,
            mapping.path(state.feat),
            mapping.share,
        )
        self.channel.answer(self._generation, result, done=not mapping.waiting and not scene.origin.live)
