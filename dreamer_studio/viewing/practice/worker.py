"""Decodes some of the rollouts from which the actor has just learned."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from dreamer_studio.arrays import FRAME_SHAPE
from dreamer_studio.dreamer.agent import Agent
from dreamer_studio.dreams.dream import DECODE_AT_ONCE, decode
from dreamer_studio.dreams.features import to_floats
from dreamer_studio.session import PracticeDreams, Session
from dreamer_studio.viewing.channel import Channel
from dreamer_studio.viewing.practice.messages import PracticeResult
from dreamer_studio.viewing.throttle import Throttle
from dreamer_studio.viewing.weights import agent_of

ASK_SECONDS = 1.0  # between requests for newer rollouts


@dataclass
class _Decoding:
    """Practice dreams, partly decoded.

    Attributes:
        dreams: the rollouts.
        agent: the weights that imagined them.
        feat: features that are still to be decoded, in pieces of (n, F).
        images: (n, 64, 64, 3) each, the images of the earlier pieces.
    """

    dreams: PracticeDreams
    agent: Agent
    feat: list[Tensor]
    images: list[NDArray[np.uint8]] = field(default_factory=list)


class PracticeWorker:
    """Asks the session for practice dreams while they are visible, and answers once all frames are decoded."""

    def __init__(self, session: Session, channel: Channel[None, PracticeResult]) -> None:
        self.channel = channel
        self._source = session.practice
        self._due = Throttle(ASK_SECONDS)
        self._generation = 0
        self._shown: PracticeDreams | None = None
        self._decoding: _Decoding | None = None

    @torch.inference_mode()
    def turn(self) -> bool:
        """Do one small piece of work, if there is any, and return whether there was."""
        taken = self.channel.take()
        if taken is not None:
            self._generation, self._shown, self._decoding = taken[0], None, None
        if not self.channel.wants(self._generation):
            return False
        if self._decoding is not None:
            return self._decode_some(self._decoding)
        latest = self._source.latest
        if latest is not None and latest is not self._shown:
            self._decoding = _begin(latest)
            return self._decode_some(self._decoding)
        if self._due():
            self._source.request()
        return False

    def _decode_some(self, decoding: _Decoding) -> bool:
        decoding.images.append(decode(decoding.agent, decoding.feat[0]))
        decoding.feat.pop(0)
        if not decoding.feat:
            self.channel.answer(self._generation, _result(decoding), done=False)
            self._shown, self._decoding = decoding.dreams, None
        return True


def _begin(dreams: PracticeDreams) -> _Decoding:
    whole = torch.cat([dreams.start.unsqueeze(0), dreams.feat]).transpose(0, 1)  # (n, H + 1, F)
    return _Decoding(dreams, agent_of(dreams.snapshot), list(torch.split(whole.flatten(0, 1), DECODE_AT_ONCE)))


def _result(decoding: _Decoding) -> PracticeResult:
    dreams = decoding.dreams
    horizon, few = dreams.reward.shape
    return PracticeResult(
        dreams.update,
        dreams.starts,
        np.concatenate(decoding.images).reshape(few, horizon + 1, *FRAME_SHAPE),
        *(to_floats(part.T) for part in (dreams.reward, dreams.value, dreams.returns, dreams.weights)),
    )
