"""Follows the running episode with the newest weights, and keeps its numbers for the plots."""

from __future__ import annotations

import time
from collections import deque

import numpy as np
import torch

from dreamer_studio.dreamer.noise import NoiseSource
from dreamer_studio.dreams.dream import decode
from dreamer_studio.dreams.rewards import as_learned
from dreamer_studio.dreams.tracker import TrackedStep, Tracker
from dreamer_studio.session import Session
from dreamer_studio.training.events import StepTaken, since_break
from dreamer_studio.viewing.live.messages import EpisodeLines, LiveResult
from dreamer_studio.viewing.weights import LatestAgent

REFILTER_SECONDS = 2.0  # between repetitions for the last frames while no new ones come
REFILTER_FRAMES = 12
MOST_AT_ONCE = 32
"""Most new frames that are all filtered. Of more, as after a hidden window, only the last `REFILTER_FRAMES` are."""

FIRST_ROOM = 512
"""Number of rows of an episode with room at first; the room doubles for a longer episode."""

SEED = 20_191_203  # of the viewer's noise; independent of the training's


class EpisodeFollower:
    """The running episode as the model sees it, for one thread.

    Attributes:
        noise: the noise of posteriors and dreams.
        tracker: the posterior of the newest row.
        latest: the newest weights.
        rows: the last `REFILTER_FRAMES` rows.
        keeps_weights: whether the weights stay unchanged, because a dream is decoded with the weights that dreamed it.
    """

    def __init__(self, session: Session, device: torch.device) -> None:
        self._session = session
        self.noise = NoiseSource(SEED, device)
        self.tracker = Tracker(self.noise)
        self.latest = LatestAgent(session)
        self.rows: deque[StepTaken] = deque(maxlen=REFILTER_FRAMES)
        self.keeps_weights = False
        self._followed_at = self._refiltered_at = 0.0
        self._next_step = 0
        self._first = 0  # the first row of the columns
        self._columns = np.empty((4, FIRST_ROOM))  # agent step, reward, predicted reward, value
        self._newest: TrackedStep | None = None
        self._tracked_update = -1
        self._finished: EpisodeLines | None = None

    def follow(self) -> bool:
        """Filter all new rows, and return whether there were any.

        The model sees each new row, or only the last ones if it missed many.
        """
        if not self.keeps_weights:
            self.latest.refresh()
        rows, self._next_step = self._session.steps.since(self._next_step)
        if not rows:
            return False
        self._followed_at = time.monotonic()
        fresh = since_break(rows)
        for part in (since_break(rows[: len(rows) - len(fresh)]), fresh):  # the end of an episode, and the next one
            if part:
                self._take_in(part)
        return True

    def look_again(self) -> bool:
        """While no new rows come, filter the last ones again with newer weights. Return whether there were any.

        Only the numbers of the newest row are replaced, because the first repeated rows lack the posterior of the row
        before them.
        """
        now = time.monotonic()
        due = now - max(self._followed_at, self._refiltered_at) > REFILTER_SECONDS
        if self.latest.agent is None or not self.rows or not due or self._tracked_update == self.latest.update:
            return False
        self._refiltered_at = now
        self.tracker.posterior = None
        for row in self.rows:
            self._track(row)
        self._write_down()
        return True

    def result(self) -> LiveResult:
        """Return the newest row, decoded again if a model has seen it, and all numbers. There must be a row."""
        newest = self.rows[-1]
        x, reward, predicted, value = self._columns[:, : newest.index - self._first + 1].copy()
        reconstruction = None
        if self.latest.agent is not None and self.tracker.posterior is not None and self._newest is not None:
            reconstruction = decode(self.latest.agent, self.tracker.posterior.feat)[0]
        return LiveResult(
            newest.episode,
            newest.index,
            newest.time_step.image,
            newest.time_step.action,
            reconstruction,
            self._tracked_update,
            self._newest.kl if self._newest is not None else None,
            x,
            reward,
            predicted,
            value,
            self._session.status.get().config.discount,
            newest.time_step.end,
            self._finished,
        )

    def _take_in(self, fresh: list[StepTaken]) -> None:
        """Filter rows of one episode that follow each other."""
        last = self.rows[-1] if self.rows else None
        if last is None or (last.episode, last.index + 1) != (fresh[0].episode, fresh[0].index):
            self._keep_finished()
            self._newest, self.tracker.posterior = None, None
            self._first = fresh[0].index
            self.rows.clear()
        for row in fresh:
            self._take_down(row)
        if self._newest is None or len(fresh) > MOST_AT_ONCE:
            self.tracker.posterior = None
            fresh = fresh[-REFILTER_FRAMES:]
        for row in fresh:
            self._track(row)
            self._write_down()

    def _keep_finished(self) -> None:
        """Keep the numbers of the episode if it was followed from its reset to its end."""
        last = self.rows[-1] if self.rows else None
        if last is not None and last.time_step.end is not None and self._first == 0:
            x, reward, predicted, value = self._columns[:, : last.index + 1].copy()
            self._finished = EpisodeLines(last.episode, x, reward, predicted, value, last.time_step.end)

    def _take_down(self, row: StepTaken) -> None:
        place = row.index - self._first
        if place == self._columns.shape[1]:
            self._columns = np.concatenate((self._columns, np.empty_like(self._columns)), axis=1)
        reward = as_learned(row.time_step.reward, self._session.status.get().config)
        self._columns[:, place] = row.index, reward, np.nan, np.nan
        self.rows.append(row)

    def _track(self, row: StepTaken) -> None:
        if self.latest.agent is None:
            return
        step = row.time_step
        self._newest = self.tracker.observe(
            self.latest.agent, row.episode, row.index, step.image, step.action, step.reward
        )
        self._tracked_update = self.latest.update

    def _write_down(self) -> None:
        """Add the newest numbers to the columns for the plots."""
        if self._newest is not None:
            place = self._newest.index - self._first
            self._columns[2:, place] = self._newest.reward_predicted, self._newest.value
