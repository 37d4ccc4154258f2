"""A training, seen through its events, its log and its environments."""

from __future__ import annotations

import errno
import json
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
import pytest
import torch

from dreamer_studio.config import ConfigError
from dreamer_studio.dreamer.agent import Agent
from dreamer_studio.envs import EnvError, EnvProcess, episode_seed
from dreamer_studio.replay import EpisodeStore, read_tests
from dreamer_studio.training.errors import EnvironmentGivenUpError
from dreamer_studio.training.events import EpisodeEnded, PhaseBegins, Recovered, StepTaken
from dreamer_studio.training.faults import environment
from tests.support.toy import ToyWorld, comparable, finish, run_until, toy_trainer


def test_that_the_posterior_is_fed_the_action_that_was_executed_and_that_is_stored(
    world: ToyWorld, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fed: list[Any] = []
    observe = Agent.observe

    def spy(agent: Agent, state: Any, action: Any, image: Any, noise: Any) -> Any:
        fed.append((image[0, 0, 0].tolist(), action[0].numpy().copy()))
        return observe(agent, state, action, image, noise)

    monkeypatch.setattr(Agent, "observe", spy)
    trainer = finish(toy_trainer(tmp_path, expl_amount=0.9))
    rows = world.opened[0].rows
    executed = [(row.image[0, 0].tolist(), row.action) for row in rows if not row.is_last][-len(fed) - 1 : -1]
    assert len(fed) > 20
    for (seen, given), (shown, action) in zip(fed, executed, strict=True):
        assert seen == shown
        np.testing.assert_array_equal(given, action)
    stored = np.concatenate([trainer.store.get(index).action for index in range(len(trainer.store))])
    np.testing.assert_array_equal(stored, np.stack([row.action for row in rows])[: len(stored)])
    assert np.abs(stored).max() == 0.5  # what the toy made of larger ones


def test_that_the_executed_action_is_that_of_the_policy_with_noise(
    world: ToyWorld, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    explored: list[Any] = []
    explore = Agent.explore

    def spy(agent: Agent, action: Any, amount: float, noise: Any) -> Any:
        explored.append((action[0].numpy().copy(), (noisy := explore(agent, action, amount, noise))[0].numpy()))
        return noisy

    monkeypatch.setattr(Agent, "explore", spy)
    finish(toy_trainer(tmp_path))
    executed = [row.action for row in world.opened[0].rows if not row.is_first][-len(explored) :]
    assert len(explored) > 20
    for (wanted, noisy), done in zip(explored, executed, strict=True):
        np.testing.assert_array_equal(done, noisy.clip(-0.5, 0.5))
        assert not np.array_equal(wanted, noisy)


def test_that_the_prefill_acts_randomly_and_ends_with_an_episode(world: ToyWorld, tmp_path: Path) -> None:
    trainer = toy_trainer(tmp_path, prefill=10)
    events = list(trainer.run())
    trainer.close()
    prefill = [event for event in events if isinstance(event, EpisodeEnded) and event.kind == "prefill"]
    assert len(prefill) == 2
    assert trainer.counters.learning_since == 14
    first = next(i for i, event in enumerate(events) if event == PhaseBegins("world model"))
    taken = sum(isinstance(event, StepTaken) and event.index > 0 for event in events[:first])
    assert taken == 14


@pytest.mark.parametrize("blocks", [False, True])
def test_that_the_number_of_updates_after_all_steps_is_the_authors(
    world: ToyWorld, tmp_path: Path, blocks: bool
) -> None:
    world.repeat = 2
    trainer = finish(toy_trainer(tmp_path, steps=100, update_blocks=blocks, pretrain=3, train_every=20, train_steps=4))
    assert trainer.counters.step == 100  # environment steps: two to an agent step
    assert trainer.counters.learning_since == 28
    assert trainer.counters.update == 3 + (12 if blocks else 14)
    assert trainer.store.steps + trainer.collecting.running.steps == 100


def test_that_episodes_play_the_seeds_of_their_numbers(world: ToyWorld, tmp_path: Path) -> None:
    finish(toy_trainer(tmp_path, seed=5))
    seeds = world.opened[0].seeds
    assert seeds == [episode_seed(5, number, "train") for number in range(len(seeds))]


def test_that_tests_are_played_in_an_environment_of_their_own_and_change_nothing(
    world: ToyWorld, tmp_path: Path
) -> None:
    without = finish(toy_trainer(tmp_path / "without", eval_every=0))
    tested = finish(toy_trainer(tmp_path / "tested", eval_every=15, eval_episodes=2))
    _, training, testing = world.opened
    assert testing.seeds == [episode_seed(0, number, "eval") for number in range(8)]
    assert not set(training.seeds) & set(testing.seeds)
    kept = list(read_tests(tested.folder.tests, 100, action_size=2))
    assert [len(test.rows) for test in kept] == [8] * 8
    assert [test.update for test in kept] == sorted((test.update for test in kept), reverse=True)
    assert not without.folder.tests.exists()
    assert len(tested.store) == len(without.store)
    ours = [row for row in comparable(tested.log.rows) if row["kind"] != "test"]
    assert ours == comparable(without.log.rows)
    tests = [row for row in tested.log.rows if row["kind"] == "test"]
    assert [(row["return"], row["length"]) for row in tests] == [(28.0, 7)] * 8
    for name, value in without.agent.state_dict().items():
        assert torch.equal(value, tested.agent.state_dict()[name]), name


def test_that_tests_that_cannot_be_stored_do_not_stop_the_training(world: ToyWorld, tmp_path: Path) -> None:
    trainer = toy_trainer(tmp_path / "run", eval_every=15, eval_episodes=2)
    trainer.folder.tests.write_text("in the way")
    finish(trainer)
    assert len([row for row in trainer.log.rows if row["kind"] == "test"]) == 8
    assert trainer.folder.tests.is_file()


def test_that_tests_take_the_mode_without_exploration(
    world: ToyWorld, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    act, explore = Agent.act, Agent.explore

    def spy_act(agent: Agent, feat: Any, noise: Any, mode: Any = "sample") -> Any:
        asked.append(mode)
        return act(agent, feat, noise, mode)

    def spy_explore(agent: Agent, *arguments: Any) -> Any:
        asked.append("explore")
        return explore(agent, *arguments)

    monkeypatch.setattr(Agent, "act", spy_act)
    monkeypatch.setattr(Agent, "explore", spy_explore)
    trainer = toy_trainer(tmp_path, eval_every=30, steps=30)
    phase = ""
    by_phase: dict[str, set[str]] = {}
    for event in trainer.run():
        by_phase.setdefault(phase, set()).update(asked)
        asked.clear()
        phase = event.phase if isinstance(event, PhaseBegins) else ""
    trainer.close()
    assert by_phase["testing"] == {"mode"}
    assert by_phase["collecting"] == {"sample", "explore"}


def test_that_a_change_is_logged_saved_and_applies_from_the_next_update_on(world: ToyWorld, tmp_path: Path) -> None:
    trainer = toy_trainer(tmp_path)
    events = run_until(trainer, 2)
    while next(events) != PhaseBegins("imagination"):
        pass
    row = trainer.change("horizon", 7)
    assert row is not None
    assert (row["kind"], row["name"], row["before"], row["after"], row["update"]) == ("change", "horizon", 3, 7, 2)
    assert trainer.change("horizon", 7) is None
    for _ in events:
        pass
    trainer.close()
    horizons = [row["horizon"] for row in trainer.log.rows if row["kind"] == "update"]
    assert horizons[:5] == [3, 3, 3, 7, 7]  # the one in the making had its noise already
    assert trainer.folder.read().horizon == 7


@pytest.mark.parametrize(
    ("name", "value", "metric"),
    [("free_nats", 500.0, "kl_clipped"), ("kl_scale", 0.0, "model_loss"), ("discount", 0.5, "lambda_return")],
)
def test_that_a_changed_setting_of_a_loss_reaches_the_loss(
    world: ToyWorld, tmp_path: Path, name: str, value: float, metric: str
) -> None:
    results = []
    for folder, changed in (("as it was", False), ("changed", True)):
        trainer = toy_trainer(tmp_path / folder, pcont=False)
        run_until(trainer, 1)
        if changed:
            trainer.change(name, value)
        run_until(trainer, 2)
        results.append([row[metric] for row in trainer.log.rows if row["kind"] == "update"])
        trainer.close()
    assert results[0][0] == results[1][0]
    assert results[0][1] != results[1][1]


def test_that_a_changed_learning_rate_reaches_the_optimizer(world: ToyWorld, tmp_path: Path) -> None:
    trainer = toy_trainer(tmp_path)
    run_until(trainer, 1)
    before = {name: value.clone() for name, value in trainer.agent.state_dict().items()}
    trainer.change("actor_lr", 1e-12)
    run_until(trainer, 2)
    after = trainer.agent.state_dict()
    moved = {name.split(".")[0] for name in after if (after[name] - before[name]).abs().max() > 1e-7}
    trainer.close()
    assert moved == {"world_model", "value"}


def test_that_a_fixed_unknown_or_out_of_range_setting_cannot_be_changed(world: ToyWorld, tmp_path: Path) -> None:
    trainer = toy_trainer(tmp_path)
    for name, value in (("deter_size", 5), ("horizon", 51), ("horizont", 5)):
        with pytest.raises(ConfigError):
            trainer.change(name, value)
    assert trainer.log.rows == []
    trainer.close()


def test_that_after_a_fault_another_process_plays_the_episode_from_its_beginning(
    world: ToyWorld, tmp_path: Path
) -> None:
    world.faults = {25}
    trainer = toy_trainer(tmp_path)
    recoveries = [event for event in trainer.run() if isinstance(event, Recovered)]
    trainer.close()
    assert [recovered.details for recovered in recoveries] == ["Traceback of the toy"]
    assert recoveries[0].text.startswith("the toy broke at 25. The episode was discarded")
    (row,) = [row for row in trainer.log.rows if row["kind"] == "fault"]
    assert (row["step"], row["text"], row["in_a_row"]) == (21, "the toy broke at 25", 1)  # 3 steps no longer count
    assert [env.closed for env in world.opened] == [True, True]
    assert world.opened[0].seeds[-1] == world.opened[1].seeds[0]  # the same episode, from its beginning
    assert trainer.counters.step == 60
    assert trainer.counters.update == 2 + 2 * (60 - 21) // 10


def test_that_several_faults_in_a_row_halt_training_with_advice_and_running_again_continues(
    world: ToyWorld, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(environment, "FIRST_WAIT_SECONDS", 0.0)
    world.faults = {*range(25, 25 + environment.MOST_RESTARTS + 1), 33}
    trainer = toy_trainer(tmp_path)
    with pytest.raises(EnvironmentGivenUpError, match=r"6 times in a row.*the toy broke.*train --run"):
        list(trainer.run())
    assert trainer.counters.step == trainer.store.steps == 21
    assert [env.closed for env in world.opened] == [True] * 6
    finish(trainer)
    in_a_row = [row["in_a_row"] for row in trainer.log.rows if row["kind"] == "fault"]
    assert in_a_row == [1, 2, 3, 4, 5, 6, 1]
    assert trainer.counters.step == 60
    assert trainer.store.numbers.tolist() == list(range(8)) and trainer.notes == []  # none was passed over


def test_that_an_environment_that_fails_twice_in_its_first_step_with_the_same_error_is_given_up(
    world: ToyWorld, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(environment, "FIRST_WAIT_SECONDS", 0.0)
    world.faults, world.broken = set(range(22, 1000)), True
    trainer = toy_trainer(tmp_path)
    with pytest.raises(EnvironmentGivenUpError, match=r"failed 2 times in a row.*the toy broke\. Once"):
        list(trainer.run())
    world.faults = {25, 27}  # the same words, but later in an episode
    finish(trainer)


def test_that_an_episode_whose_reset_always_fails_is_skipped(
    world: ToyWorld, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(environment, "FIRST_WAIT_SECONDS", 0.0)
    bad = episode_seed(0, 4, "train")
    world.bad_seeds = {bad}
    trainer = toy_trainer(tmp_path)
    with pytest.raises(EnvironmentGivenUpError, match="could not begin"):
        list(trainer.run())
    assert sum(env.seeds.count(bad) for env in world.opened) == environment.MOST_RESTARTS + 1
    assert trainer.notes == ["Episode 4 was skipped: its reset failed repeatedly"]
    finish(trainer)
    assert trainer.counters.step == 60
    assert trainer.store.numbers.tolist() == [0, 1, 2, 3, 5, 6, 7, 8]


def test_that_a_test_that_always_fails_is_skipped_and_the_next_one_has_another_seed(
    world: ToyWorld, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(environment, "FIRST_WAIT_SECONDS", 0.0)
    bad, good = (episode_seed(0, number, "eval") for number in (0, 1))
    world.bad_seeds = {bad}
    trainer = toy_trainer(tmp_path, eval_every=25)
    with pytest.raises(EnvironmentGivenUpError, match="could not begin"):
        list(trainer.run())
    assert sum(env.seeds.count(bad) for env in world.opened) == environment.MOST_RESTARTS + 1
    assert trainer.notes == ["The test at 25 environment steps was skipped: it failed repeatedly"]
    finish(trainer)
    assert [(row["kind"], row["step"]) for row in trainer.log.rows if row["kind"] == "test"] == [("test", 50)]
    assert sum(env.seeds.count(good) for env in world.opened) == 1
    assert trainer.store.numbers.tolist() == list(range(8))


def test_that_an_environment_that_does_not_start_skips_no_episode(
    world: ToyWorld, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(environment, "FIRST_WAIT_SECONDS", 0.0)
    trainer = toy_trainer(tmp_path)
    trainer.close_environments()
    with monkeypatch.context() as patch:

        def no_display(*_: object) -> EnvProcess:
            raise EnvError("no display", "")

        patch.setattr("dreamer_studio.training.trainer.open_env", no_display)
        with pytest.raises(EnvironmentGivenUpError, match="no display"):
            list(trainer.run())
    finish(trainer)
    assert trainer.store.numbers.tolist() == list(range(8))


def test_that_a_finished_episode_resets_the_count_of_faults_in_a_row(world: ToyWorld, tmp_path: Path) -> None:
    many = environment.MOST_RESTARTS + 3
    world.faults = {25 + 9 * n for n in range(many)}  # each in the second step of another episode
    trainer = finish(toy_trainer(tmp_path, steps=90))
    assert [row["in_a_row"] for row in trainer.log.rows if row["kind"] == "fault"] == [1] * 8


def test_that_a_fault_in_a_test_changes_no_number(world: ToyWorld, tmp_path: Path) -> None:
    sound = finish(toy_trainer(tmp_path / "sound", eval_every=31))
    opened = len(world.opened)
    trainer = toy_trainer(tmp_path / "faulty", eval_every=31)
    for _ in trainer.run():
        if len(world.opened) == opened + 2 and not world.faults:
            world.faults = {world.steps_taken + 3}
    trainer.close()
    assert trainer.counters.tests == 1
    rows = comparable(trainer.log.rows)
    assert [row["text"] for row in rows if row["kind"] == "fault"] == ["the toy broke at 101"]
    assert [row for row in rows if row["kind"] != "fault"] == comparable(sound.log.rows)


def test_that_the_same_faults_give_the_same_numbers(world: ToyWorld, tmp_path: Path) -> None:
    runs = []
    for name in ("one", "two"):
        world.steps_taken, world.faults = 0, {3, 25, 31, 50}
        runs.append(comparable(finish(toy_trainer(tmp_path / name, eval_every=30)).log.rows))
    assert runs[0] == runs[1]
    assert sum(row["kind"] == "fault" for row in runs[0]) == 4


def test_that_the_speed_counts_only_steps_since_an_episode_was_given_up(world: ToyWorld, tmp_path: Path) -> None:
    world.length, world.faults = 40, {35}
    trainer = toy_trainer(tmp_path)
    given_up = [trainer.steps_speed.per_second for event in trainer.run() if isinstance(event, Recovered)]
    trainer.close()
    assert given_up == [0.0] < [trainer.steps_speed.per_second]


def test_that_an_environment_that_leaks_is_replaced_between_episodes_and_changes_no_number(
    world: ToyWorld, tmp_path: Path
) -> None:
    sound = finish(toy_trainer(tmp_path / "sound", env_memory_mb=200, eval_every=20))
    opened = len(world.opened)
    world.leak = 60 * 2**20
    leaking = finish(toy_trainer(tmp_path / "leaking", env_memory_mb=200, eval_every=20))
    rows = comparable(leaking.log.rows)
    found = [row for row in rows if row["kind"] == "fault"]
    assert [row["text"] for row in found] == [
        "gym:Toy-v0: the memory of the environment process grew from 100 to 220 MiB, over env_memory_mb=200"
    ] * len(found)
    assert sorted(len(env.seeds) for env in world.opened[opened:]) == [1, 1, 2, 2, 2, 2, 2]  # 9 episodes and 3 tests
    assert [row for row in rows if row["kind"] != "fault"] == comparable(sound.log.rows)


def test_that_an_environment_that_ends_between_episodes_is_reported_and_replaced_and_changes_no_number(
    world: ToyWorld, tmp_path: Path
) -> None:
    sound = finish(toy_trainer(tmp_path / "sound"))
    trainer = toy_trainer(tmp_path / "ended")
    told = []
    for event in trainer.run():
        if event == EpisodeEnded("train", 28.0, 7, "terminated") and trainer.counters.episode == 5:
            world.opened[-1].killed = True
        told += [event.text] if isinstance(event, Recovered) else []
    trainer.close()
    assert told == ["the toy ended. It was replaced by a new one; no step is lost."]
    rows = comparable(trainer.log.rows)
    assert [row["text"] for row in rows if row["kind"] == "fault"] == ["the toy ended"]
    assert [row for row in rows if row["kind"] != "fault"] == comparable(sound.log.rows)


def test_that_an_environment_that_is_large_from_its_beginning_is_not_replaced(world: ToyWorld, tmp_path: Path) -> None:
    world.leak = 2**20
    trainer = finish(toy_trainer(tmp_path, env_memory_mb=50))
    assert len(world.opened) == 1
    assert not any(row["kind"] == "fault" for row in trainer.log.rows)


def test_that_an_episode_that_could_not_be_written_is_written_later(
    world: ToyWorld, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trainer = toy_trainer(tmp_path)

    def full(*_: object, **__: object) -> NoReturn:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("dreamer_studio.replay.store.write_whole", full)
        with pytest.raises(OSError, match="No space"):
            list(trainer.run())
    trainer.close_environments()
    finish(trainer)
    stored = [trainer.store.get(index).reward[-1] for index in range(len(trainer.store))]
    assert stored == [7.0] * len(stored)
    assert trainer.store.steps == 56 == trainer.counters.step - 4


def test_that_two_runs_with_one_seed_are_the_same_and_another_seed_differs(world: ToyWorld, tmp_path: Path) -> None:
    runs = [comparable(finish(toy_trainer(tmp_path / str(n), seed=seed)).log.rows) for n, seed in enumerate((1, 1, 2))]
    assert runs[0] == runs[1] != runs[2]


def test_that_the_speed_of_the_prefill_is_not_taken_for_that_of_the_training(world: ToyWorld, tmp_path: Path) -> None:
    rows = finish(toy_trainer(tmp_path)).log.rows
    prefill = [row for row in rows if row["kind"] == "prefill"]
    first = next(row for row in rows if row["kind"] == "update")
    assert prefill[-1]["steps_per_s"] > 0.0 == first["steps_per_s"]


def test_that_the_log_file_has_what_the_trainer_reported(world: ToyWorld, tmp_path: Path) -> None:
    trainer = toy_trainer(tmp_path)
    reported = list(trainer.run())
    trainer.close()
    rows = [json.loads(line) for line in trainer.folder.metrics_file.read_text().splitlines()]
    assert rows == trainer.log.rows
    updates = [row for row in rows if row["kind"] == "update"]
    assert [row["update"] for row in updates] == list(range(1, trainer.counters.update + 1))
    names = {"model_loss", "image_loss", "reward_loss", "pcont_loss", "kl", "kl_clipped", "actor_loss", "value_loss"}
    names |= {"model_grad_norm", "actor_grad_norm", "value_grad_norm", "actor_entropy", "steps_per_s", "updates_per_s"}
    assert names <= set(updates[0])
    ended = [event for event in reported if isinstance(event, EpisodeEnded)]
    episodes = [row for row in rows if row["kind"] in {"prefill", "train"}]
    assert [(row["return"], row["length"]) for row in episodes] == [(28.0, 7)] * len(ended)
    assert len(EpisodeStore(trainer.folder.episodes, 2**20)) == len(ended)
    assert list(trainer.folder.tensorboard.iterdir())
