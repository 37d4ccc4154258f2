"""Plays held-out episodes with given weights, or with those of a checkpoint in an environment of its own."""

from __future__ import annotations

import itertools
from collections.abc import Generator, Iterator, Sequence

import torch

from dreamer_studio.dreamer.agent import Agent
from dreamer_studio.envs import EnvProcess, Interruption, TimeStep, open_env
from dreamer_studio.runs.trained_agent import TrainedAgent
from dreamer_studio.training.playing import play
from dreamer_studio.trust.comparing.comparing import Play
from dreamer_studio.trust.players import MOST_ROWS
from dreamer_studio.trust.seen import HeldOut, Player
from dreamer_studio.trust.stored import played_episode


def held_out_rows(agent: Agent, env: EnvProcess, player: Player, seed: int, device: torch.device) -> Iterator[TimeStep]:
    """Play one episode as `player` does, and yield its rows, at most `MOST_ROWS`.

    Raises:
        EnvError: the environment failed.
    """
    return itertools.islice(play(agent, env, seed, device, None if player == "random" else player), MOST_ROWS)


def player_with(device: torch.device, interruption: Interruption | None = None) -> Play:
    """Return a function that plays episodes with a checkpoint's weights; `interruption` ends its waits."""

    def playing(trained: TrainedAgent, players: Sequence[tuple[Player, int]]) -> Generator[str, None, list[HeldOut]]:
        played = []
        yield "starts the environment"
        with open_env(trained.config, interruption) as env:
            for number, (player, seed) in enumerate(players, 1):
                rows = []
                for row in held_out_rows(trained.agent, env, player, seed, device):
                    rows.append(row)
                    yield f"plays episode {number} of {len(players)}, step {len(rows)}"
                played.append(played_episode(rows, player, env.spec))
        return played

    return playing
