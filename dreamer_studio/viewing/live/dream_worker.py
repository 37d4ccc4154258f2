"""Dreams from the newest frame of the running episode."""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch

from dreamer_studio.dreams.dream import DECODE_AT_ONCE, Dream, decode, dream
from dreamer_studio.dreams.features import to_floats
from dreamer_studio.viewing.channel import Channel
from dreamer_studio.viewing.frames import GrowingFrames, no_frames
from dreamer_studio.viewing.live.follower import EpisodeFollower
from dreamer_studio.viewing.live.messages import DreamResult


@dataclass
class _Decoding:
    """A dream that is being decoded."""

    dream: Dream
    result: DreamResult
    frames: GrowingFrames


class LiveDreamWorker:
    """Answers the newest request for a dream of a number of steps, a few frames at a time."""

    def __init__(self, follower: EpisodeFollower, channel: Channel[int, DreamResult]) -> None:
        self.channel = channel
        self._follower = follower
        self._generation = 0
        self._decoding: _Decoding | None = None
        self._number = 0

    @torch.inference_mode()
    def turn(self) -> bool:
        """Do one small piece of work, if there is any, and return whether there was."""
        taken = self.channel.take()
        if taken is not None:
            self._let_go()
            self._begin(*taken)
        elif self._decoding is not None and not self.channel.wants(self._generation):
            self._let_go()
            self.channel.put_back(self._generation)  # hidden: dream later, with newer weights
        return self._decode_some()

    def _begin(self, generation: int, length: int) -> None:
        self._generation = generation
        follower = self._follower
        if follower.latest.agent is None or follower.tracker.posterior is None or not follower.rows:
            self.channel.put_back(generation)  # wait for the first update
            return
        follower.latest.refresh()
        self._number += 1
        dreamed = dream(follower.latest.agent, follower.tracker.posterior, length, follower.noise)
        result = DreamResult(
            self._number,
            follower.rows[-1].episode,
            follower.rows[-1].index,
            follower.latest.update,
            no_frames(),
            dreamed.action[:, 0].cpu().numpy(),
            to_floats(dreamed.reward[:, 0]),
            to_floats(dreamed.value[:, 0]),
        )
        follower.keeps_weights = True
        self._decoding = _Decoding(dreamed, result, GrowingFrames(no_frames(), length))

    def _let_go(self) -> None:
        self._decoding = None
        self._follower.keeps_weights = False

    def _decode_some(self) -> bool:
        """Decode the next few frames of the newest dream. Frames of older dreams are never decoded."""
        decoding, agent = self._decoding, self._follower.latest.agent
        if decoding is None or agent is None:
            return False
        before = decoding.result
        start, end = before.decoded, min(before.decoded + DECODE_AT_ONCE, before.length)
        newer = decode(agent, decoding.dream.states.feat[start:end, 0])
        decoding.result = replace(before, frames=decoding.frames.append(newer))
        done = end == before.length
        if done:
            self._let_go()
        self.channel.answer(self._generation, decoding.result, done=done)
        return True
