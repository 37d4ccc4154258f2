"""Imagines several futures of one frame, with the snapshot that dreamed the scene."""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch
from torch import Tensor

from dreamer_studio.dreamer.agent import Agent
from dreamer_studio.dreams.dream import decode
from dreamer_studio.dreams.futures import futures
from dreamer_studio.viewing.channel import Channel
from dreamer_studio.viewing.frames import GrowingFrames, no_frames
from dreamer_studio.viewing.futures.messages import FuturesRequest, FuturesResult
from dreamer_studio.viewing.scene.states import SceneStates


@dataclass
class _Making:
    """Futures whose frames are being decoded: the agent that dreamed them, and their features (L, N, F)."""

    result: FuturesResult
    frames: GrowingFrames
    agent: Agent
    feat: Tensor


class FuturesWorker:
    """Answers the newest `FuturesRequest`. Frames of older requests are never decoded."""

    def __init__(self, channel: Channel[FuturesRequest, FuturesResult], states: SceneStates) -> None:
        self.channel = channel
        self._states = states
        self._generation = 0
        self._making: _Making | None = None

    @torch.inference_mode()
    def turn(self) -> bool:
        """Compute all numbers, or decode the frames of one step. Return whether there was anything to do."""
        taken = self.channel.take()
        if taken is not None:
            self._generation, self._making = taken[0], None
            self._making = self._begin(taken[1])
        making = self._making
        if making is None or not self.channel.wants(self._generation):
            return False
        model = making.frames.append(decode(making.agent, making.feat[len(making.frames)])[None])
        making.result = replace(making.result, model=model)
        done = making.result.decoded == making.result.length
        self.channel.answer(self._generation, making.result, done=done)
        return True

    def _begin(self, request: FuturesRequest) -> _Making:
        """Compute all numbers, but decode no frame."""
        state = self._states.of(request.scene.latents.up_to(request.column))
        made = futures(state.agent, state.feat[-1], request.actions, request.chance, state.disclam)
        count, length, _ = request.actions.shape
        latents = tuple(self._states.keep(state.followed_by(made.feat[:, future])) for future in range(count))
        frames = GrowingFrames(no_frames(count), length)
        numbers = made.action, made.reward, made.value, made.entropy, made.ending, made.returns
        return _Making(FuturesResult(request, frames.published, *numbers, latents), frames, state.agent, made.feat)
