"""What the live view shows, computed beside training: on a snapshot, with noise and beliefs of its own.

Qt-free; `threads.SnapshotThread` calls `turn` again and again. It never waits for the trainer, and the trainer never
waits for it.
"""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass, replace

import numpy as np
import torch

from dreamer_studio.dreamer.noise import NoiseSource
from dreamer_studio.dreamer.rssm import State
from dreamer_studio.dreams.dream import DECODE_AT_ONCE, Dream, decode, dream
from dreamer_studio.dreams.features import to_floats
from dreamer_studio.dreams.rewards import as_learned
from dreamer_studio.dreams.tracker import TrackedStep, Tracker
from dreamer_studio.session import Session
from dreamer_studio.training.events import StepTaken, since_break
from dreamer_studio.viewing.channels import Channels
from dreamer_studio.viewing.frames import GrowingFrames, no_frames
from dreamer_studio.viewing.live.messages import DreamResult, LiveResult
from dreamer_studio.viewing.weights import LatestAgent

REFILTER_SECONDS = 2.0  # between second looks at the last frames, while no new ones come
REFILTER_FRAMES = 12
MOST_AT_ONCE = 32
"""New frames that are all taken in; of more, as after the window was minimized, only the last `REFILTER_FRAMES` are."""

FIRST_ROOM = 512
"""Rows of an episode that there is room for at first; there is always as much again for one that is longer."""

SEED = 20_191_203  # of the view's noise; it has nothing to do with training's


@dataclass
class _Making:
    """A dream that is being decoded."""

    dream: Dream
    view: DreamResult
    frames: GrowingFrames


class LiveWorker:
    """Follows the running episode and dreams from it, into `views`.

    What is drawn of the episode is kept in columns: agent step, reward, predicted reward, value.
    """

    def __init__(self, session: Session, device: torch.device, channels: Channels) -> None:
        self._session = session
        self._channels = channels
        self._device = device
        self._noise = NoiseSource(SEED, device)
        self._tracker = Tracker(self._noise, device)
        self._latest = LatestAgent(session)
        self._followed_at = self._refiltered_at = 0.0
        self._next_step = 0
        self._rows: deque[StepTaken] = deque(maxlen=REFILTER_FRAMES)
        self._first = 0  # the row that the columns begin with
        self._course = np.empty((4, FIRST_ROOM))
        self._newest: TrackedStep | None = None
        self._tracked_update = -1
        self._making: _Making | None = None
        self._unseen = False
        self._number = 0

    @torch.inference_mode()
    def turn(self) -> bool:
        """Do one small piece of work, if there is any.

        Returns:
            whether there was.
        """
        if self._making is None:  # a dream is decoded with the weights that dreamed it
            self._latest.refresh()
        followed = self._follow()
        if not self._channels.live_on_show.get():
            self._put_off_dream()
            return followed
        if self._unseen:
            self._publish()
        return self._begin_dream() or self._decode_some() or followed or self._look_again()

    def _follow(self) -> bool:
        """Take in all new rows; the model sees each of them, or only the last where many were missed."""
        rows, self._next_step = self._session.steps.since(self._next_step)
        if not rows:
            return False
        self._followed_at = time.monotonic()
        fresh = [row for row in since_break(rows) if row.episode == rows[-1].episode]
        last = self._rows[-1] if self._rows else None
        if last is None or (last.episode, last.index + 1) != (fresh[0].episode, fresh[0].index):
            self._newest, self._tracker.belief = None, None
            self._first = fresh[0].index
            self._rows.clear()
        for row in fresh:
            self._take_down(row)
        if self._newest is None or len(fresh) > MOST_AT_ONCE:
            self._tracker.belief = None
            fresh = fresh[-REFILTER_FRAMES:]
        for row in fresh:
            self._track(row)
            self._write_down()
        self._unseen = True
        return True

    def _take_down(self, row: StepTaken) -> None:
        place = row.index - self._first
        if place == self._course.shape[1]:
            self._course = np.concatenate((self._course, np.empty_like(self._course)), axis=1)
        reward = as_learned(row.time_step.reward, self._session.status.get().config)
        self._course[:, place] = row.index, reward, np.nan, np.nan
        self._rows.append(row)

    def _track(self, row: StepTaken) -> None:
        if self._latest.agent is None:
            return
        step = row.time_step
        self._newest = self._tracker.observe(
            self._latest.agent, row.episode, row.index, step.image, step.action, step.reward
        )
        self._tracked_update = self._latest.update

    def _write_down(self) -> None:
        """The newest numbers, to be drawn."""
        if self._newest is not None:
            place = self._newest.index - self._first
            self._course[2:, place] = self._newest.reward_predicted, self._newest.value

    def _look_again(self) -> bool:
        """While no new frames come, see the last ones with newer weights; only the newest one's numbers are replaced.

        The first frames of a second look lack the belief that leads up to them.
        """
        now = time.monotonic()
        due = now - max(self._followed_at, self._refiltered_at) > REFILTER_SECONDS
        if self._latest.agent is None or not self._rows or not due or self._tracked_update == self._latest.update:
            return False
        self._refiltered_at = now
        self._tracker.belief = None
        for row in self._rows:
            self._track(row)
        self._write_down()
        self._publish()
        return True

    def _publish(self) -> None:
        self._unseen = False
        newest = self._rows[-1]
        x, reward, predicted, value = self._course[:, : newest.index - self._first + 1].copy()
        reconstruction = None
        if self._latest.agent is not None and self._tracker.belief is not None and self._newest is not None:
            reconstruction = decode(self._latest.agent, self._tracker.belief.feat)[0]
        self._channels.live.put(
            LiveResult(
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
                newest.time_step.end,
            )
        )

    def _begin_dream(self) -> bool:
        belief, length = self._tracker.belief, self._channels.request.get()
        if self._latest.agent is None or belief is None or length is None or not self._rows:
            return False
        self._channels.request.put(None)
        try:
            self._making = self._dream(belief, length)
        except Exception:  # out of memory, say: whoever waits for a dream gets a later one
            if self._channels.request.get() is None:
                self._channels.request.put(length)
            raise
        return self._decode_some()

    def _dream(self, belief: State, length: int) -> _Making:
        self._latest.refresh()
        agent = self._latest.agent
        assert agent is not None
        self._number += 1
        dreamed = dream(agent, belief, length, self._noise)
        view = DreamResult(
            self._number,
            self._rows[-1].episode,
            self._rows[-1].index,
            self._latest.update,
            no_frames(),
            dreamed.action[:, 0].cpu().numpy(),
            to_floats(dreamed.reward[:, 0]),
            to_floats(dreamed.value[:, 0]),
        )
        return _Making(dreamed, view, GrowingFrames(no_frames(), length))

    def _put_off_dream(self) -> None:
        """Nobody looks: what is not decoded yet is dreamed anew later, with newer weights."""
        if self._making is not None:
            self._channels.request.put(self._making.view.length)
            self._making = None

    def _decode_some(self) -> bool:
        """Decode the next few frames of the newest dream; frames of an older one are never decoded."""
        making = self._making
        if making is None or self._latest.agent is None:
            return False
        start, end = making.view.decoded, min(making.view.decoded + DECODE_AT_ONCE, making.view.length)
        newer = decode(self._latest.agent, making.dream.states.feat[start:end, 0])
        making.view = replace(making.view, frames=making.frames.append(newer))
        self._channels.dreams.put(making.view)
        if end == making.view.length:
            self._making = None
        return True
