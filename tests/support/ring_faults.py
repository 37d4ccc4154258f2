"""Models of the ring with one fault each. What a fault does not touch stays exact."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor

from dreamer_studio.dreamer.agent import Heads
from dreamer_studio.dreamer.latent import LatentState
from dreamer_studio.dreamer.rssm import State
from tests.support.ring_world import PLACES, RingModel

Policy = Callable[[Tensor, int], Tensor]

_CODE = np.random.default_rng(0).permutation(PLACES)
_PLACE_OF_CODE = np.argsort(_CODE)


class GrayRing(RingModel):
    """Draws the same gray image at every place."""

    def decode(self, feat: Tensor) -> Tensor:
        return torch.full((*feat.shape[:-1], 64, 64, 3), 60, dtype=torch.uint8)


class BrightRing(RingModel):
    """Draws every image 10 levels of 255 too bright."""

    def decode(self, feat: Tensor) -> Tensor:
        return super().decode(feat) + 10


class ReversedRing(RingModel):
    """Takes slow for fast."""

    def roll_out(self, start: Any, policy: Policy, noise: Tensor) -> tuple[LatentState, Tensor]:
        return super().roll_out(start, lambda feat, step: policy(feat, step).flip(-1), noise)


class StillRing(RingModel):
    """Its dreams never move."""

    def roll_out(self, start: Any, policy: Policy, noise: Tensor) -> tuple[LatentState, Tensor]:
        states, actions = super().roll_out(start, policy, noise)
        return self._state(np.broadcast_to(self._place(start.feat), states.feat.shape[:-1])), actions


class FreezingRing(RingModel):
    """Its dreams are right for 5 steps, and then stand still."""

    def roll_out(self, start: Any, policy: Policy, noise: Tensor) -> tuple[LatentState, Tensor]:
        states, actions = super().roll_out(start, policy, noise)
        places = self._place(states.feat)
        places[5:] = places[4]
        return self._state(places), actions


class AbsentRing(RingModel):
    """Its dreams are elsewhere on the ring at steps 4 to 9, and right before and after."""

    def roll_out(self, start: Any, policy: Policy, noise: Tensor) -> tuple[LatentState, Tensor]:
        states, actions = super().roll_out(start, policy, noise)
        places = self._place(states.feat)
        places[3:9] = (places[3:9] + PLACES // 3) % PLACES
        return self._state(places), actions


class MeanRewardRing(RingModel):
    """Predicts the mean reward everywhere."""

    def heads(self, feat: Tensor) -> Heads:
        reward, value, pcont = super().heads(feat)
        return Heads(torch.ones_like(reward), value, pcont)


class CodedRing(RingModel):
    """Its features are codes of the place, in an order that no linear regression reads."""

    def _state(self, place: Any) -> LatentState:
        stoch = torch.from_numpy(_CODE[np.asarray(place, np.int64)].astype(np.float32)).unsqueeze(-1)
        return State(stoch, torch.zeros_like(stoch), stoch, torch.zeros_like(stoch))

    def _place(self, feat: Tensor) -> Any:
        return _PLACE_OF_CODE[super()._place(feat)]


class RandomHeadsRing(RingModel):
    """Its reward and value have nothing to do with the place."""

    def heads(self, feat: Tensor) -> Heads:
        reward, value, pcont = super().heads(feat)
        order = torch.from_numpy(np.random.default_rng(1).permutation(reward.numel()))
        shuffled = [each.flatten()[order].reshape(each.shape) for each in (reward, value)]
        return Heads(shuffled[0], shuffled[1], pcont)
