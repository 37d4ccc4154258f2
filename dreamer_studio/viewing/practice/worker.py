"""Decodes some of what the actor has just learned from, beside training. Qt-free, as the inspector is."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from dreamer_studio.dreamer.agent import Agent
from dreamer_studio.dreams.dream import DECODE_AT_ONCE, decode
from dreamer_studio.dreams.features import to_floats
from dreamer_studio.session import PracticeDreams, Session
from dreamer_studio.viewing.channels import Channels
from dreamer_studio.viewing.practice.messages import PracticeResult
from dreamer_studio.viewing.throttle import Throttle

ASK_SECONDS = 1.0  # between requests for newer ones


class PracticeWorker:
    """Asks for practice dreams while anybody can see them, and shows each only when it is whole."""

    def __init__(self, session: Session, channels: Channels) -> None:
        self._box = session.practice
        self._channels = channels.practice
        self._due = Throttle(ASK_SECONDS)
        self._dreams: PracticeDreams | None = None
        self._agent: Agent | None = None
        self._feat: list[Tensor] = []
        self._images: list[NDArray[np.uint8]] = []

    @torch.inference_mode()
    def turn(self) -> bool:
        """Do one small piece of work, if there is any.

        Returns:
            whether there was.
        """
        if not self._channels.on_show.get():
            return False
        if self._feat:
            return self._decode_some()
        latest = self._box.latest
        if latest is not None and latest is not self._dreams:
            return self._begin(latest)
        if self._due():
            self._box.request()
        return False

    def _begin(self, dreams: PracticeDreams) -> bool:
        self._dreams = dreams
        snapshot = dreams.snapshot
        spec = snapshot.spec
        self._agent = Agent.of_weights(snapshot.config, spec.action_size, spec.action_kind, snapshot.weights)
        whole = torch.cat([dreams.start.unsqueeze(0), dreams.feat]).transpose(0, 1)  # (n, H + 1, F)
        self._feat = list(torch.split(whole.flatten(0, 1), DECODE_AT_ONCE))
        self._images = []
        return self._decode_some()

    def _decode_some(self) -> bool:
        dreams, agent = self._dreams, self._agent
        assert dreams is not None and agent is not None
        self._images.append(decode(agent, self._feat[0]))
        self._feat.pop(0)
        if not self._feat:
            horizon, few = dreams.reward.shape
            self._channels.newest.put(
                PracticeResult(
                    dreams.update,
                    dreams.starts,
                    np.concatenate(self._images).reshape(few, horizon + 1, 64, 64, 3),
                    *(to_floats(part.T) for part in (dreams.reward, dreams.value, dreams.returns, dreams.weights)),
                )
            )
            self._agent, self._images = None, []
        return True
