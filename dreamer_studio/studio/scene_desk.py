"""Dreams from whatever frame a person picks, computed beside training on a snapshot. Qt-free, as the inspector is."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import cast

import numpy as np
import torch

from dreamer_studio.dreamer.noise import NoiseSource
from dreamer_studio.dreams.dream import DECODE_AT_ONCE, decode
from dreamer_studio.dreams.scene import Actor, Scene, Study, study
from dreamer_studio.replay import Episode, EpisodeBuilder, EpisodeStore, ReplayError
from dreamer_studio.session import Session
from dreamer_studio.studio.latest_agent import LatestAgent
from dreamer_studio.studio.views import Origin, SceneView, SceneWish, Views
from dreamer_studio.training.events import StepTaken
from dreamer_studio.training.run_folder import RunFolder

STORE_BYTES = 64 * 2**20
EXTEND_SECONDS = 0.1  # between looks for what has come to pass since of a live scene


class NoSceneError(ValueError):
    """There is no such frame; the message says what there is."""


@dataclass
class _Making:
    """A scene that is being decoded."""

    study: Study
    view: SceneView


class SceneDesk:
    """Meets the newest `SceneWish`; older ones are dropped, and frames of theirs are never decoded."""

    def __init__(self, session: Session, device: torch.device, views: Views) -> None:
        self._session = session
        self._views = views
        self._device = device
        self._latest = LatestAgent(session)
        self._begun = 0
        self._making: _Making | None = None
        self._extended_at = 0.0
        self._store: EpisodeStore | None = None

    @torch.inference_mode()
    def turn(self) -> bool:
        """Do one small piece of work, if there is any.

        Returns:
            whether there was.
        """
        wish = self._views.scene_wish.get()
        if wish is None:
            return False
        if wish.number != self._begun:
            return self._begin(wish)
        return self._decode_some() or self._extend()

    def _begin(self, wish: SceneWish) -> bool:
        self._latest.refresh()
        agent = self._latest.agent
        steps, _ = self._session.steps.since(0)
        if agent is None or (wish.origin is None and not steps):  # the wish waits for the first update, or frame
            return False
        self._begun = wish.number
        self._making = None
        try:
            origin, rows, episode_rows = self._rows(wish.origin or _newest(steps), wish)
        except (NoSceneError, ReplayError, OSError) as error:
            self._views.scene_problem.put(str(error))
            return True
        self._views.scene_problem.put("")
        context = min(wish.context, origin.index + 1)
        noise = NoiseSource(wish.seed, self._device)
        made = study(agent, Scene(rows, context), wish.length, cast(Actor, wish.actor), noise)
        columns = context + wish.length
        view = SceneView(
            wish,
            origin,
            episode_rows,
            self._latest.update,
            context,
            min(len(rows), columns) if wish.actor == "recorded" else context,
            rows.image[:columns],
            rows.reward[:columns].astype(np.float64),
            np.empty((columns, 64, 64, 3), np.uint8),
            0,
            made.action,
            made.reward,
            made.value,
            made.kl,
            made.entropy,
        )
        self._making = _Making(made, view)
        return self._decode_some()

    def _decode_some(self) -> bool:
        making, agent = self._making, self._latest.agent
        if making is None or agent is None or making.view.decoded == making.view.columns:
            return False
        start, end = making.view.decoded, min(making.view.decoded + DECODE_AT_ONCE, making.view.columns)
        making.view.model[start:end] = decode(agent, making.study.feat[start:end])
        making.view = replace(making.view, decoded=end)
        self._views.scenes.put(making.view)
        return True

    def _extend(self) -> bool:
        """Put what has come to pass of a live scene beside what was dreamt of it."""
        making, now = self._making, time.monotonic()
        if making is None or not making.view.origin.live or now - self._extended_at < EXTEND_SECONDS:
            return False
        view = making.view
        if len(view.real) == view.columns:
            return False
        self._extended_at = now
        first = view.origin.index - view.context + 1
        try:
            rows, episode_rows = self._live_rows(view.origin.episode, first, view.columns)
        except NoSceneError:  # it has ended, and its rows are gone from the feed
            return False
        if len(rows) == len(view.real):
            return False
        received = rows.reward.astype(np.float64)
        making.view = replace(view, real=rows.image, received=received, episode_rows=episode_rows)
        self._views.scenes.put(making.view)
        return True

    def _rows(self, origin: Origin, wish: SceneWish) -> tuple[Origin, Episode, int]:
        """Where the scene is from, its rows, and how many its episode has so far.

        Beyond the end of a stored episode it is from the last frame.
        """
        store = self._stored()
        over = not self._session.status.get().watching and origin.episode < len(store)  # stored under its number
        if origin.live and not over:
            first, count = _stretch(origin, wish)
            return origin, *self._live_rows(origin.episode, first, count)
        if not 0 <= origin.episode < len(store):
            raise NoSceneError(f"There is no episode {origin.episode}: {len(store)} are stored.")
        length = store.length(origin.episode)
        origin = replace(origin, live=False, index=min(origin.index, length - 1))
        first, count = _stretch(origin, wish)
        return origin, store.get(origin.episode, first, min(count, length - first)), length

    def _live_rows(self, episode: int, first: int, count: int) -> tuple[Episode, int]:
        steps = [step for step in self._session.steps.since(0)[0] if step.episode == episode]
        wanted = [step.time_step for step in steps if first <= step.index < first + count]
        if not wanted or steps[0].index > first:
            raise NoSceneError("That frame of the running episode is gone; pick another one.")
        builder = EpisodeBuilder()
        for row in wanted:
            builder.add(row)
        return builder.build(), steps[-1].index + 1

    def _stored(self) -> EpisodeStore:
        """The stored episodes, looked at anew once there are more."""
        status = self._session.status.get()
        if self._store is None or len(self._store) < status.replay_episodes:
            self._store = EpisodeStore(RunFolder(status.folder).episodes, STORE_BYTES)
        return self._store


def _newest(steps: list[StepTaken]) -> Origin:
    return Origin(True, steps[-1].episode, steps[-1].index)


def _stretch(origin: Origin, wish: SceneWish) -> tuple[int, int]:
    """The first row of a scene, and how many it has where all are recorded."""
    first = max(0, origin.index - wish.context + 1)
    return first, origin.index - first + 1 + wish.length
