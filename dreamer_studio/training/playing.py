"""Plays whole episodes without exploration."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import torch

from dreamer_studio.dreamer.agent import Agent, PolicyMode
from dreamer_studio.dreamer.latent import LatentState
from dreamer_studio.dreamer.noise import NoiseSource
from dreamer_studio.envs import End, EnvProcess, TimeStep


def observe_row(agent: Agent, posterior: LatentState | None, row: TimeStep, noise: NoiseSource) -> LatentState:
    """Return the posterior (1, .) after one more row, on the noise's device.

    Args:
        agent: on that device.
        posterior: from before the row; None at the first row of an episode.
        row: the environment's answer, with the action that it executed.
        noise: source of the posterior's sample.
    """
    image = torch.from_numpy(row.image).to(noise.device).unsqueeze(0)
    executed = torch.from_numpy(row.action).to(noise.device).unsqueeze(0)
    return agent.observe(posterior, executed, image, noise)


@dataclass(frozen=True)
class TestResult:
    """An episode's return, its length in agent steps, and what ended it."""

    __test__ = False  # not for pytest

    total_reward: float
    length: int
    end: End


def play(
    agent: Agent, env: EnvProcess, seed: int, device: torch.device, mode: PolicyMode | None = "mode"
) -> Iterator[TimeStep]:
    """Play one episode and yield its rows; the first is the reset.

    Args:
        agent: on the device.
        env: where to play.
        seed: of the episode and of all noise.
        device: of the agent.
        mode: how the policy acts; None for uniformly random actions.

    Raises:
        EnvError: the environment failed.
    """
    noise = NoiseSource(seed, device)
    row = env.reset(seed)
    posterior: LatentState | None = None
    yield row
    while not row.is_last:
        posterior = observe_row(agent, posterior, row, noise)
        action = agent.random_action(1, noise) if mode is None else agent.act(posterior.feat, noise, mode)
        row = env.step(action.squeeze(0).cpu().numpy())
        yield row


def play_tests(
    agent: Agent,
    env: EnvProcess,
    seeds: Sequence[int],
    device: torch.device,
    look: Callable[[TimeStep], object] = lambda row: None,
) -> Iterator[TestResult | None]:
    """Play an episode for each seed.

    Args:
        agent: on the device.
        env: where to play.
        seeds: of the episodes.
        device: of the agent.
        look: gets each row.

    Yields:
        None after each agent step, so that the caller can pause, and at the end of an episode its `TestResult`.

    Raises:
        EnvError: the environment failed.
    """
    for seed in seeds:
        total, length = 0.0, -1
        end: End | None = None
        for row in play(agent, env, seed, device):
            total += row.reward
            length += 1
            end = row.end
            look(row)
            yield None
        assert end is not None
        yield TestResult(total, length, end)
