"""Held-out episodes: those that the run stored, and those that are played on request."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from dreamer_studio.envs import EnvSpec, TimeStep
from dreamer_studio.replay import GrowingStates, PlayedTest, episode_of, read_tests
from dreamer_studio.trust.knowing.world import world_state
from dreamer_studio.trust.players import MOST_ROWS, player_of
from dreamer_studio.trust.seen import HeldOut, Player


def stored_episodes(folder: Path, spec: EnvSpec, update: int) -> tuple[list[HeldOut], list[str]]:
    """Return the stored test episodes, newest test first, with a line about each.

    Args:
        folder: of the test episodes.
        spec: of the task.
        update: of the weights that are judged.

    Raises:
        OSError: the folder cannot be read.
    """
    kept = list(read_tests(folder, MOST_ROWS, spec.action_size))
    held = [
        HeldOut(
            test.rows,
            "mode",
            test.update == update,
            world_state(test.states, spec.state_names, spec.state_angles),
            test.update,
            test.number,
        )
        for test in kept
    ]
    return held, [f"mode, test at update {test.update}" for test in kept]


def played_episode(rows: Sequence[TimeStep], player: Player, spec: EnvSpec) -> HeldOut:
    """Return an episode that the present weights have played, from its rows."""
    states = GrowingStates()
    for row in rows:
        states.append(row.state)
    world = world_state(states.read(0, len(rows)), spec.state_names, spec.state_angles)
    return HeldOut(episode_of(rows), player, world=world)


def played_in_window(played: PlayedTest, update: int) -> HeldOut:
    """Return an episode that the window has played, for a judgment of the weights of `update`."""
    count = len(played.episode)
    return HeldOut(
        played.episode.read(0, count),
        player_of(played.number),
        played.update == update,
        world_state(played.episode.states.read(0, count), played.state_names, played.state_angles),
        played.update,
        played.number,
    )
