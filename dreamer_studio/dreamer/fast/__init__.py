"""The same agent, faster: each class overrides methods of the plain class of the same name, with the same results.

Parameters have the same names and shapes, so weights fit both builds. `tests/unit/dreamer/test_fast.py` compares values
and gradients of each override with those of the plain method.
"""

from __future__ import annotations

from collections.abc import Mapping

from torch import Tensor

from dreamer_studio.config import Config
from dreamer_studio.dreamer.agent import Agent
from dreamer_studio.dreamer.fast.conv import Decoder, Encoder
from dreamer_studio.dreamer.fast.heads import Actor, DenseHead
from dreamer_studio.dreamer.fast.learner import Learner
from dreamer_studio.dreamer.fast.rssm import RSSM
from dreamer_studio.dreamer.noise import ActionKind
from dreamer_studio.dreamer.parts import Parts

__all__ = ["FAST", "Learner", "agent_of_weights", "make_agent"]

FAST = Parts(Encoder, Decoder, RSSM, DenseHead, Actor)


def make_agent(config: Config, action_size: int, action_kind: ActionKind) -> Agent:
    """Make an agent of fast parts."""
    return Agent(config, action_size, action_kind, FAST)


def agent_of_weights(config: Config, action_size: int, action_kind: ActionKind, weights: Mapping[str, Tensor]) -> Agent:
    """Make an agent of fast parts to look at, as `Agent.of_weights` does."""
    return Agent.of_weights(config, action_size, action_kind, weights, FAST)
