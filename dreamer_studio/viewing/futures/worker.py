"""Several futures of one frame, computed beside training on the snapshot that dreamed the scene."""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch
from torch import Tensor

from dreamer_studio.dreamer.agent import Agent
from dreamer_studio.dreams.dream import decode
from dreamer_studio.dreams.futures import futures
from dreamer_studio.viewing.channels import Channels
from dreamer_studio.viewing.frames import GrowingFrames, no_frames
from dreamer_studio.viewing.futures.messages import FuturesRequest, FuturesResult
from dreamer_studio.viewing.scene.states import SceneStates


@dataclass
class _Making:
    """Futures whose frames are being decoded with the agent that dreamed them, from features (L, N, F)."""

    result: FuturesResult
    frames: GrowingFrames
    agent: Agent
    feat: Tensor


class FuturesWorker:
    """Answers the newest `FuturesRequest`; frames of an older one are never decoded."""

    def __init__(self, channels: Channels, states: SceneStates) -> None:
        self._channels = channels
        self._states = states
        self._begun = 0
        self._making: _Making | None = None

    @torch.inference_mode()
    def turn(self) -> bool:
        """Do one small piece of work, if there is any: all the numbers at once, then the frames of one step at a time.

        Returns:
            whether there was.
        """
        request = self._channels.futures_request.get()
        if request is None:
            return False
        if request.number != self._begun:
            self._making = self._begin(request)
            self._begun = request.number
        making = self._making
        if making is None or making.result.decoded == making.result.length:
            return False
        model = making.frames.append(decode(making.agent, making.feat[len(making.frames)])[None])
        making.result = replace(making.result, model=model)
        self._channels.futures.put(making.result)
        return True

    def _begin(self, request: FuturesRequest) -> _Making:
        """Compute all numbers; no frame is decoded yet."""
        state = self._states.of(request.scene.latents.up_to(request.column))
        made = futures(state.agent, state.feat[-1], request.actions, request.chance, state.disclam)
        count, length, _ = request.actions.shape
        latents = tuple(self._states.keep(state.followed_by(made.feat[:, future])) for future in range(count))
        frames = GrowingFrames(no_frames(count), length)
        numbers = made.action, made.reward, made.value, made.entropy, made.returns
        return _Making(FuturesResult(request, frames.published, *numbers, latents), frames, state.agent, made.feat)
