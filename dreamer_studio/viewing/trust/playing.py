"""Plays held-out episodes with the weights of a checkpoint, in an environment of their own."""

from __future__ import annotations

import itertools
from collections.abc import Generator, Sequence

import torch

from dreamer_studio.envs import Interruption, open_env
from dreamer_studio.runs.trained_agent import TrainedAgent
from dreamer_studio.training.playing import play
from dreamer_studio.trust.comparing.comparing import Play
from dreamer_studio.trust.players import MOST_ROWS
from dreamer_studio.trust.seen import HeldOut, Player
from dreamer_studio.trust.stored import played_episode


def player_with(device: torch.device, interruption: Interruption | None = None) -> Play:
    """Return a function that plays episodes of at most `MOST_ROWS` rows; `interruption` ends waits."""

    def playing(trained: TrainedAgent, players: Sequence[tuple[Player, int]]) -> Generator[str, None, list[HeldOut]]:
        played = []
        yield "starts the environment"
        with open_env(trained.config, interruption) as env:
            for number, (player, seed) in enumerate(players, 1):
                steps = play(trained.agent, env, seed, device, None if player == "random" else player)
                rows = []
                for row in itertools.islice(steps, MOST_ROWS):
                    rows.append(row)
                    yield f"plays episode {number} of {len(players)}, step {len(rows)}"
                played.append(played_episode(rows, player, env.spec))
        return played

    return playing
