"""How an episode ends, from the environment to the log; and the time limit of older runs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dreamer_studio.envs import End, LimitSource
from dreamer_studio.runs.checkpoint_names import list_checkpoints
from dreamer_studio.runs.folder import RunFolder
from dreamer_studio.runs.trained_agent import load_agent
from dreamer_studio.training.events import EpisodeEnded, Recovered
from dreamer_studio.training.faults import safety_bound
from dreamer_studio.training.watching.watched_run import open_watched
from tests.support.small_runs import CPU
from tests.support.toy import ToyWorld, finish, toy_trainer


@pytest.mark.parametrize("end", ["terminated", "truncated", "cut"])
def test_that_the_log_says_what_ended_each_episode_and_only_a_terminal_state_has_discount_zero(
    world: ToyWorld, tmp_path: Path, end: End
) -> None:
    world.end = end
    trainer = toy_trainer(tmp_path, eval_every=30)
    ended = [event.end for event in trainer.run() if isinstance(event, EpisodeEnded)]
    trainer.close()
    rows = [row for row in trainer.log.rows if row["kind"] in ("prefill", "train", "test")]
    assert [row["end"] for row in rows] == ended == [end] * len(rows)
    assert {row["kind"] for row in rows} == {"prefill", "train", "test"}
    played = [row["episode"] for row in rows if row["kind"] != "test"]
    assert played == trainer.store.numbers.tolist()
    discounts = trainer.store.get(0).discount.tolist()
    assert discounts == [1.0] * 7 + [0.0 if end == "terminated" else 1.0]


@pytest.mark.parametrize(
    ("end", "source", "told"),
    [("cut", "safety bound", 1), ("cut", "setting", 0), ("terminated", "safety bound", 0)],
)
def test_that_the_first_episode_cut_at_the_safety_bound_is_explained_once(
    world: ToyWorld, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, end: End, source: LimitSource, told: int
) -> None:
    world.end, world.limit_source = end, source
    trainer = toy_trainer(tmp_path, eval_every=30)
    recoveries = [event.text for event in trainer.run() if isinstance(event, Recovered)]
    trainer.close()
    assert len(recoveries) == told
    assert all("cut at the safety bound of 7 environment steps: gym:Toy-v0 may never" in text for text in recoveries)
    assert ("cut after 7 environment steps" in safety_bound.warning(trainer.spec)) == (source == "safety bound")
    monkeypatch.setattr("dreamer_studio.training.watching.watched_run.open_env", world.open)
    monkeypatch.setattr("dreamer_studio.training.watching.watched_run.STEP_SECONDS", 0.0)
    watched, ends = open_watched(trainer.folder, CPU), 0
    for event in watched.run():
        told -= isinstance(event, Recovered)
        ends += isinstance(event, EpisodeEnded) and event.end == end
        if ends == 3:
            break
    watched.close()
    assert told == 0


@pytest.mark.parametrize(("recorded", "kept"), [(1000, 1000), (500, 0)])
def test_that_a_run_of_an_earlier_version_keeps_the_limit_that_cut_its_episodes(
    world: ToyWorld, tmp_path: Path, recorded: int, kept: int
) -> None:
    finish(toy_trainer(tmp_path))
    state_file = list_checkpoints(tmp_path / "checkpoints")[-1] / "state.json"
    state = json.loads(state_file.read_text())
    del state["env"]["limit_source"]
    state["env"]["time_limit"] = recorded
    state_file.write_text(json.dumps(state))
    assert load_agent(RunFolder(tmp_path), CPU).config.time_limit == kept
    for notes in (int(kept > 0), 0):
        trainer = toy_trainer(tmp_path)
        assert trainer.config.time_limit == RunFolder(tmp_path).read().time_limit == kept
        assert world.asked[-1].time_limit == kept
        assert ["time_limit=1000" in note for note in trainer.notes] == [True] * notes
        finish(trainer)
    assert "change" not in {row["kind"] for row in trainer.log.rows}
    assert trainer.history.last("train") is not None


def test_that_a_run_of_an_earlier_version_keeps_observing_as_it_was_trained(world: ToyWorld, tmp_path: Path) -> None:
    finish(toy_trainer(tmp_path))
    state_file = list_checkpoints(tmp_path / "checkpoints")[-1] / "state.json"
    state = json.loads(state_file.read_text())
    del state["env"]["sees"], state["env"]["acts"]
    state_file.write_text(json.dumps(state))
    assert load_agent(RunFolder(tmp_path), CPU).config.observe == "plain"
    for notes in (1, 0):
        trainer = toy_trainer(tmp_path)
        assert trainer.config.observe == RunFolder(tmp_path).read().observe == world.asked[-1].observe == "plain"
        assert ["observe=plain" in note for note in trainer.notes] == [True] * notes
        finish(trainer)
    assert "change" not in {row["kind"] for row in trainer.log.rows}
