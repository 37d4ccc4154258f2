"""From what a rollout computes to what is shown of it, and from the features of one state back to that state."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from dreamer_studio.dreamer.rssm import RSSM, State

Floats = NDArray[np.float64]


def to_floats(numbers: Tensor) -> Floats:
    """A copy of numbers on any device; not every device knows float64."""
    array: Floats = numbers.cpu().double().numpy()
    return array


def split_features(rssm: RSSM, feat: Tensor) -> tuple[Tensor, Tensor]:
    """The stochastic part (..., S) and the deterministic part (..., D) of features (..., S + D)."""
    stoch, deter = torch.split(feat, [rssm.stoch_size, rssm.deter_size], -1)
    return stoch, deter


def state_of(rssm: RSSM, feat: Tensor) -> State:
    """A state (..., .) to go on from with these features; nobody knows its mean and deviation any more."""
    stoch, deter = split_features(rssm, feat)
    return State(stoch, stoch, stoch, deter)
