"""A watched run whose environment leaks."""

from __future__ import annotations

from pathlib import Path

import pytest

from dreamer_studio.training.events import EpisodeEnded, Recovered
from dreamer_studio.training.watching.watched_run import open_watched
from tests.support.small_runs import CPU
from tests.support.toy import ToyWorld, finish, toy_trainer


def test_that_an_environment_that_leaks_while_a_run_is_watched_is_replaced_between_episodes(
    world: ToyWorld, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trainer = finish(toy_trainer(tmp_path, env_memory_mb=200))
    monkeypatch.setattr("dreamer_studio.training.watching.watched_run.open_env", world.open)
    monkeypatch.setattr("dreamer_studio.training.watching.watched_run.STEP_SECONDS", 0.0)
    world.leak = 60 * 2**20
    opened = len(world.opened)
    watched = open_watched(trainer.folder, CPU)
    events = []
    for event in watched.run():
        if isinstance(event, EpisodeEnded | Recovered):
            events.append(event)
        if len(events) == 5:
            break
    watched.close()
    ends, recovered = events[:2] + events[3:], events[2]
    assert all(isinstance(end, EpisodeEnded) for end in ends)
    assert isinstance(recovered, Recovered) and "grew from 100 to 220 MiB" in recovered.text
    assert [len(env.seeds) for env in world.opened[opened:]] == [2, 2]
    assert all(env.closed for env in world.opened)
