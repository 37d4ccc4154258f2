"""Small agents, and states of theirs."""

from __future__ import annotations

import torch

from dreamer_studio.dreamer.agent import Agent
from dreamer_studio.dreamer.noise import ActionKind, NoiseSource
from dreamer_studio.dreamer.rssm import State
from dreamer_studio.envs import build_config


def make_agent(kind: ActionKind = "continuous", actions: int = 3) -> Agent:
    agent = Agent(build_config("dmc:walker-walk", "tiny"), actions, kind)
    agent.initialize(0)
    return agent.requires_grad_(True)


def beliefs(agent: Agent, count: int) -> State:
    noise, rssm = NoiseSource(8), agent.world_model.rssm
    stoch, deter = noise.normal(count, rssm.stoch_size), noise.normal(count, rssm.deter_size)
    return State(stoch, torch.ones_like(stoch), stoch, deter)
