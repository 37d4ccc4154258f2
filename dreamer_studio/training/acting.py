"""From a row of an environment to a belief, as collecting, tests and measuring all do it."""

from __future__ import annotations

import torch

from dreamer_studio.dreamer.agent import Agent
from dreamer_studio.dreamer.noise import NoiseSource
from dreamer_studio.dreamer.rssm import State
from dreamer_studio.envs import TimeStep


def observe_row(agent: Agent, belief: State | None, row: TimeStep, noise: NoiseSource) -> State:
    """The belief (1, .) after one more row, on the noise's device.

    Args:
        agent: on that device.
        belief: before the row; None at the first row of an episode.
        row: what the environment answered; its action is the one that was executed.
        noise: where the posterior's sample is drawn.
    """
    image = torch.from_numpy(row.image).to(noise.device).unsqueeze(0)
    executed = torch.from_numpy(row.action).to(noise.device).unsqueeze(0)
    return agent.observe(belief, executed, image, noise)
