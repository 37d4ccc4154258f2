"""Episodes of a checkpoint, played for a comparison."""

from __future__ import annotations

import pytest

from dreamer_studio.dreamer.fast import make_agent
from dreamer_studio.envs import EnvSpec, Interruption, WaitInterruptedError, build_config
from dreamer_studio.envs import interruption as interruption_module
from dreamer_studio.parts import result_of
from dreamer_studio.runs.trained_agent import TrainedAgent
from dreamer_studio.viewing.trust.playing import player_with
from tests.support.environment_processes import no_process_left  # noqa: F401  (a fixture that watches over this file)
from tests.support.small_runs import CPU


@pytest.fixture
def trained() -> TrainedAgent:
    config = build_config("gym:CartPole-v1", "tiny", {"time_limit": 30})
    agent = make_agent(config, 2, "discrete")
    agent.initialize(0)
    return TrainedAgent(agent, config, EnvSpec(config.task, "discrete", 2, ("left", "right"), 1, 30, "", 1), 40, 20)


def test_that_each_player_plays_its_episode_and_the_progress_is_told(trained: TrainedAgent) -> None:
    told: list[str] = []
    played = result_of(player_with(CPU)(trained, [("sample", 7), ("mode", 7)]), told.append)
    assert told[:2] == ["starts the environment", "plays episode 1 of 2, step 1"]
    assert told[-1] == f"plays episode 2 of 2, step {len(played[1].rows)}"
    assert [(one.player, one.by_policy) for one in played] == [("sample", True), ("mode", True)]
    assert played[0].world is not None


def test_that_an_abandoned_or_interrupted_game_ends_its_environment(
    trained: TrainedAgent, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(interruption_module, "GRACE_SECONDS", 0.0)  # the environment may start faster
    interruption = Interruption()
    parts = player_with(CPU, interruption)(trained, [("mode", 7)])
    for _ in range(3):
        next(parts)
    parts.close()  # the fixture fails if the process stays
    interruption.request()
    with pytest.raises(WaitInterruptedError):
        list(player_with(CPU, interruption)(trained, [("mode", 7)]))
