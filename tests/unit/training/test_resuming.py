"""A run that was stopped, closed or killed continues with the same numbers."""

from __future__ import annotations

import dataclasses
import errno
import json
import os
import shutil
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import pytest
import torch

from dreamer_studio.envs import WaitInterruptedError, build_config
from dreamer_studio.replay import EpisodeIndex
from dreamer_studio.replay.seekable import BLOCK_ROWS
from dreamer_studio.runs.checkpoint_names import list_checkpoints
from dreamer_studio.runs.errors import RunError
from dreamer_studio.runs.folder import RunFolder
from dreamer_studio.runs.judgments.files import keep_judgment, read_judgments
from dreamer_studio.runs.trained_agent import load_agent
from dreamer_studio.training.events import EpisodeEnded, Event, PhaseBegins, Recovered, StepTaken
from dreamer_studio.training.opening import open_trainer
from dreamer_studio.training.settings import note_changes
from dreamer_studio.training.trainer import Trainer
from tests.support.environment_processes import no_process_left  # noqa: F401  (a fixture that watches over this file)
from tests.support.judgments import kept
from tests.support.resuming import assert_same, stop
from tests.support.small_runs import CPU
from tests.support.toy import ToyWorld, finish, run_until, toy_trainer


def leave_as_if_killed(trainer: Trainer) -> None:
    """Release what the kernel releases for a killed process."""
    trainer.log.close()
    trainer.hold.release()


def play(reopen: Callable[[], Trainer], stop_every: int, offset: int) -> Trainer:
    """Train to the end, and stop and reopen the run after every few events."""
    wait = offset
    while True:
        trainer = reopen()
        events = trainer.run()
        for count, _ in enumerate(events):
            if count == wait:
                stop(trainer, events)
                break
        else:
            trainer.close()
            return trainer
        wait = stop_every


@pytest.mark.parametrize("kind", ["continuous", "discrete"])
def test_that_stopping_again_and_again_changes_no_number(world: ToyWorld, tmp_path: Path, kind: str) -> None:
    world.kind = "continuous" if kind == "continuous" else "discrete"
    settings = {"steps": 45, "eval_every": 20, "pretrain": 1}
    straight = finish(toy_trainer(tmp_path / "straight", **settings))
    resumed = play(lambda: toy_trainer(tmp_path / "resumed", **settings), stop_every=13, offset=5)
    assert_same(resumed, straight)
    assert len(world.opened) > 8  # it was stopped often


def test_that_an_episode_of_several_packed_blocks_continues_where_it_was_stopped(
    world: ToyWorld, tmp_path: Path
) -> None:
    world.length = 3 * BLOCK_ROWS + 2
    settings = {"steps": 120}
    straight = finish(toy_trainer(tmp_path / "straight", **settings))
    resumed = play(lambda: toy_trainer(tmp_path / "resumed", **settings), stop_every=67, offset=17)
    assert_same(resumed, straight)
    assert len(resumed.store) == 2


def test_that_an_episode_of_30000_steps_continues_after_a_kill_with_the_same_numbers(
    world: ToyWorld, tmp_path: Path
) -> None:
    world.length = 30_000
    settings = {"steps": 30_020, "prefill": 29_000, "pretrain": 4}
    straight = play_long(toy_trainer(tmp_path / "straight", **settings), world)
    killed = toy_trainer(tmp_path / "resumed", **settings)
    for event in killed.run():
        world.opened[-1].rows.clear()
        if isinstance(event, StepTaken) and event.index == 29_990:
            killed.save()
        if isinstance(event, StepTaken) and event.index == 29_995:
            break
    leave_as_if_killed(killed)
    resumed = toy_trainer(tmp_path / "resumed")
    rows = resumed.running_rows(100)
    assert [(row.index, int(row.time_step.reward)) for row in rows] == [(n, n) for n in range(29_891, 29_991)]
    play_long(resumed, world)
    assert len(world.opened) == 3
    assert_same(resumed, straight)


def play_long(trainer: Trainer, world: ToyWorld) -> Trainer:
    """Train to the end. The world forgets its rows, which would fill the memory."""
    for _ in trainer.run():
        world.opened[-1].rows.clear()
    trainer.close()
    return trainer


def test_that_an_episode_has_the_states_of_all_its_rows_though_it_was_stopped_in_its_middle(
    world: ToyWorld, tmp_path: Path
) -> None:
    trainer = play(lambda: toy_trainer(tmp_path / "run", steps=45), stop_every=13, offset=5)
    episodes = EpisodeIndex(trainer.folder.episodes, 0).refresh()
    assert len(episodes) == len(trainer.store) > 5
    for place in range(len(episodes)):
        states = episodes.states(place, 0, episodes.length(place))
        assert states is not None and states[:, 0].tolist() == list(range(len(states)))


@pytest.mark.parametrize("reopened", [False, True])
def test_that_interrupted_steps_are_taken_again_with_the_same_numbers(
    world: ToyWorld, tmp_path: Path, reopened: bool
) -> None:
    settings = {"steps": 45, "eval_every": 20, "pretrain": 1}
    straight = finish(toy_trainer(tmp_path / "straight", **settings))
    # in the prefill, while it is played again on opening, in training, in a test
    world.hangs = {world.steps_taken + number for number in (5, 7, 26, 33, 36, 44, 53)}
    interrupted, trainer = 0, None
    while True:
        try:
            trainer = trainer or toy_trainer(tmp_path / "resumed", **settings)
            finish(trainer)
            break
        except WaitInterruptedError:
            interrupted += 1
            if trainer is not None:
                trainer.close_environments()
            if trainer is not None and reopened:
                trainer.save()
                trainer.close()
                trainer = None
    assert interrupted == 7
    assert_same(trainer, straight)


@pytest.mark.parametrize(
    "point",
    [
        PhaseBegins("starting"),
        PhaseBegins("world model"),
        PhaseBegins("imagination"),
        PhaseBegins("optimizers"),
        PhaseBegins("testing"),
        StepTaken,
        EpisodeEnded,
    ],
    ids=str,
)
def test_that_stopping_at_this_point_changes_no_number(
    world: ToyWorld, tmp_path: Path, point: Event | type[Event]
) -> None:
    settings = {"steps": 32, "prefill": 10, "eval_every": 25}
    straight = finish(toy_trainer(tmp_path / "straight", **settings))
    trainer = toy_trainer(tmp_path / "resumed", **settings)
    events = trainer.run()
    hits = 0
    for event in events:
        hits += event == point or (isinstance(point, type) and isinstance(event, point))
        if hits == 2 or (hits == 1 and point == PhaseBegins("starting")):
            break
    stop(trainer, events)
    assert_same(finish(toy_trainer(tmp_path / "resumed")), straight)


@pytest.mark.parametrize("updates", [1, 3, 4, 7])
def test_that_stopping_between_the_updates_of_a_block_changes_no_number(
    world: ToyWorld, tmp_path: Path, updates: int
) -> None:
    settings = {"steps": 45, "pretrain": 2, "train_steps": 4, "update_blocks": True}
    straight = finish(toy_trainer(tmp_path / "straight", **settings))
    trainer = toy_trainer(tmp_path / "resumed", **settings)
    events = run_until(trainer, updates)
    assert trainer.updates_due > 0
    stop(trainer, events)
    assert_same(finish(toy_trainer(tmp_path / "resumed")), straight)


@pytest.mark.parametrize("step", [1, 11, 20])
def test_that_stopping_in_mid_prefill_changes_no_number(world: ToyWorld, tmp_path: Path, step: int) -> None:
    straight = finish(toy_trainer(tmp_path / "straight"))
    trainer = toy_trainer(tmp_path / "resumed")
    events = iter(trainer.run())
    while trainer.counters.step < step:
        next(events)
    assert trainer.prefilling
    stop(trainer, events)
    assert_same(finish(toy_trainer(tmp_path / "resumed")), straight)


def test_that_saving_between_the_phases_of_an_update_and_going_on_changes_no_number(
    world: ToyWorld, tmp_path: Path
) -> None:
    straight = finish(toy_trainer(tmp_path / "straight"))
    trainer = toy_trainer(tmp_path / "saved")
    events = run_until(trainer, 2)
    while next(events) != PhaseBegins("imagination"):
        pass
    trainer.save()
    shutil.copytree(tmp_path / "saved", tmp_path / "killed")
    for _ in events:
        pass
    trainer.close()
    assert_same(trainer, straight)
    assert_same(finish(toy_trainer(tmp_path / "killed")), straight)


def test_that_a_stop_and_start_in_one_session_changes_no_number(world: ToyWorld, tmp_path: Path) -> None:
    straight = finish(toy_trainer(tmp_path / "straight"))
    trainer = toy_trainer(tmp_path / "stopped")
    events = run_until(trainer, 4)
    while not (isinstance(event := next(events), StepTaken) and event.index == 4):
        pass
    events.close()  # type: ignore[attr-defined]
    trainer.close_environments()
    trainer.save()
    assert_same(finish(trainer), straight)
    assert len(world.opened) == 3


def test_that_a_run_continued_with_more_steps_equals_a_longer_run(world: ToyWorld, tmp_path: Path) -> None:
    straight = finish(toy_trainer(tmp_path / "straight", steps=60))
    finish(toy_trainer(tmp_path / "longer", steps=38))
    folder = RunFolder(tmp_path / "longer")
    longer = finish(open_trainer(folder, dataclasses.replace(folder.read(), steps=60), CPU))
    assert_same(longer, straight)


@pytest.mark.parametrize("in_one_session", [False, True])
def test_that_an_episode_that_cannot_be_played_again_is_dropped_with_its_steps_and_reported(
    world: ToyWorld, tmp_path: Path, in_one_session: bool
) -> None:
    trainer = toy_trainer(tmp_path)
    events = run_until(trainer, 2)
    while not (isinstance(event := next(events), StepTaken) and event.index == 4):
        pass
    world.wear = 1
    if in_one_session:
        events.close()  # type: ignore[attr-defined]
        trainer.close_environments()
    else:
        stop(trainer, events)
        trainer = toy_trainer(tmp_path)
    next(iter(events := trainer.run()))
    next(iter(events))
    assert trainer.counters.step == trainer.store.steps == 21
    (note,) = trainer.notes
    assert (
        note.startswith("The running episode could not be played again") and "Its 4 environment steps no longer" in note
    )
    for _ in events:
        pass
    trainer.close()
    assert trainer.counters.step == 60
    assert trainer.counters.update == 2 + 2 * (60 - 21) // 10


def test_that_a_replay_newer_than_the_weights_is_counted_and_its_updates_are_caught_up(
    world: ToyWorld, tmp_path: Path
) -> None:
    trainer = toy_trainer(tmp_path)
    events = run_until(trainer, 3)
    trainer.save()
    events = run_until(trainer, 7)  # and then the process is killed
    stored, trained, lost = trainer.store.steps, trainer.counters.update, trainer.counters.step - trainer.store.steps
    leave_as_if_killed(trainer)
    events.close()  # type: ignore[attr-defined]

    resumed = toy_trainer(tmp_path)
    assert resumed.counters.update == 3 < trained
    (note,) = resumed.notes
    assert note.startswith(
        f"The run continues from update 3: updates up to {trained} are made again, and {lost} environment"
    )
    assert max(row["update"] for row in resumed.log.rows if row["kind"] == "update") == 3
    assert sum(row["kind"] in {"prefill", "train"} for row in resumed.log.rows) == len(resumed.store)
    assert resumed.counters.step == resumed.store.steps == stored
    assert resumed.updates_due == 2 + 2 * (stored - 21) // 10 - 3 > 0
    phases = [event.phase for event in resumed.run() if isinstance(event, PhaseBegins)]
    resumed.close()
    assert phases[1] == "world model"
    assert resumed.counters.update == 2 + 2 * (60 - 21) // 10
    updates = [row["update"] for row in resumed.log.rows if row["kind"] == "update"]
    assert updates == list(range(1, resumed.counters.update + 1))
    numbers = [int(path.name[8:14]) for path in sorted(resumed.folder.episodes.iterdir())]
    assert numbers == list(range(len(numbers)))


def test_that_settings_changed_when_a_run_continues_are_logged_except_its_steps(
    world: ToyWorld, tmp_path: Path
) -> None:
    trainer = toy_trainer(tmp_path)
    run_until(trainer, 3)
    trainer.save()
    trainer.close()
    before = trainer.config
    resumed = toy_trainer(tmp_path)
    resumed.state.config = dataclasses.replace(before, horizon=before.horizon + 1, steps=before.steps + 10)
    note_changes(resumed.state, before)
    changes = [row for row in resumed.log.rows if row["kind"] == "change"]
    resumed.close()
    assert [(row["name"], row["before"], row["after"]) for row in changes] == [
        ("horizon", before.horizon, before.horizon + 1)
    ]


def test_that_settings_that_no_longer_have_an_effect_are_reported_in_one_line_each(
    world: ToyWorld, tmp_path: Path
) -> None:
    trainer = toy_trainer(tmp_path, eval_every=0, pcont=False)
    stop(trainer, run_until(trainer, 3))
    folder = RunFolder(tmp_path)
    asked: dict[str, Any] = {
        "prefill": 30,
        "steps": 15,
        "eval_episodes": 3,
        "pcont_scale": 2.0,
        "expl_min": 0.1,
        "horizon": 4,
    }
    told = []
    for _ in range(2):  # the prefill stays as it was, so the same request is told again
        resumed = open_trainer(folder, dataclasses.replace(folder.read(), **asked), CPU)
        resumed.close()
        told.append([note.partition("=")[0] for note in resumed.notes])
        assert "prefill=30 has no effect: the prefill of this run ended at environment step 21" in resumed.notes
        assert folder.read().prefill == trainer.config.prefill
    assert told == [["steps", "prefill", "pcont_scale", "expl_min", "eval_episodes"], ["prefill"]]
    changes = [row["name"] for row in resumed.log.rows if row["kind"] == "change"]
    assert "horizon" in changes and "prefill" not in changes


def test_that_a_checkpoint_of_another_kind_of_device_can_be_resumed(world: ToyWorld, tmp_path: Path) -> None:
    trainer = toy_trainer(tmp_path)
    run_until(trainer, 3)
    trainer.save()
    trainer.close()
    (checkpoint,) = list_checkpoints(trainer.folder.checkpoints)
    state = json.loads((checkpoint / "state.json").read_text())
    (checkpoint / "state.json").write_text(json.dumps({**state, "device": "cuda"}))
    resumed = toy_trainer(tmp_path)
    assert resumed.counters.update == trainer.counters.update
    finish(resumed)


def test_that_a_run_that_continues_forgets_the_judgments_of_updates_that_it_makes_again(
    world: ToyWorld, tmp_path: Path
) -> None:
    trainer = toy_trainer(tmp_path)
    run_until(trainer, 3)
    trainer.save()
    at = trainer.counters.update
    for update in (at - 1, at, at + 1):
        keep_judgment(trainer.folder.judgments, kept(update))
    leave_as_if_killed(trainer)
    resumed = toy_trainer(tmp_path)
    assert [one.update for one in read_judgments(resumed.folder.judgments)] == [at - 1, at]
    finish(resumed)


def test_that_a_run_killed_before_its_first_checkpoint_keeps_its_episodes_and_repeats_none(
    world: ToyWorld, tmp_path: Path
) -> None:
    trainer = toy_trainer(tmp_path)
    run_until(trainer, 4)
    leave_as_if_killed(trainer)
    assert list_checkpoints(trainer.folder.checkpoints) == []
    stored = trainer.store.steps

    resumed = toy_trainer(tmp_path)
    assert (resumed.counters.step, resumed.counters.update) == (stored, 0)
    assert resumed.counters.learning_since == 21
    finish(resumed)
    seeds = world.opened[0].seeds[: stored // 7] + world.opened[1].seeds
    assert len(seeds) == len(set(seeds))
    assert resumed.counters.update == 2 + 2 * (60 - 21) // 10


def test_that_a_run_that_was_interrupted_while_it_was_created_can_be_opened(
    world: ToyWorld, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> NoReturn:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("dreamer_studio.training.opening.write_config", full)
        with pytest.raises(OSError, match="No space"):
            toy_trainer(tmp_path / "run")
    (tmp_path / "run" / "config.json.tmp").write_text("{")  # as a killed process leaves it
    for other in ("thesis.tmp", "lock"):
        (tmp_path / other / other).mkdir(parents=True)
        with pytest.raises(RunError, match=r"is not a run .* and is not empty"):
            toy_trainer(tmp_path / other)
    with monkeypatch.context() as patch:
        patch.setattr("dreamer_studio.training.trainer.MetricsLog", full)
        with pytest.raises(OSError, match="No space"):
            toy_trainer(tmp_path / "run")
    assert finish(toy_trainer(tmp_path / "run")).counters.step == 60


def test_that_a_log_whose_last_line_was_cut_short_is_repaired(world: ToyWorld, tmp_path: Path) -> None:
    trainer = toy_trainer(tmp_path)
    stop(trainer, run_until(trainer, 2))
    with trainer.folder.metrics_file.open("a") as file:
        file.write('{"kind": "upd')
    resumed = finish(toy_trainer(tmp_path))
    lines = resumed.folder.metrics_file.read_text().splitlines()
    assert [json.loads(line) for line in lines] == resumed.log.rows


def test_that_the_newest_weights_can_be_loaded_without_training(world: ToyWorld, tmp_path: Path) -> None:
    trainer = finish(toy_trainer(tmp_path))
    opened = len(world.opened)
    loaded = load_agent(trainer.folder, CPU)
    assert (loaded.step, loaded.update) == (trainer.counters.step, trainer.counters.update)
    assert loaded.spec == trainer.spec
    for name, value in trainer.agent.state_dict().items():
        assert torch.equal(loaded.agent.state_dict()[name], value)
    assert len(world.opened) == opened


def test_that_stopping_a_real_task_in_mid_episode_and_in_an_update_changes_no_number(tmp_path: Path) -> None:
    settings = {"steps": 60, "prefill": 30, "train_every": 20, "batch_size": 2, "batch_length": 5}
    config = build_config("gym:CartPole-v1", "tiny", settings)
    straight = finish(open_trainer(RunFolder(tmp_path / "straight"), config, CPU))
    for stopping in (17, 120):  # in the prefill, and after it
        trainer = open_trainer(RunFolder(tmp_path / "resumed"), config, CPU)
        events = trainer.run()
        for count, event in enumerate(events):
            if count >= stopping and (stopping < 50 or event == PhaseBegins("behavior gradient")):
                break
            if count >= stopping + 20:
                break
        stop(trainer, events)
    assert_same(finish(open_trainer(RunFolder(tmp_path / "resumed"), config, CPU)), straight)


def test_that_a_killed_environment_process_is_reported_as_such_and_training_continues(tmp_path: Path) -> None:
    trainer = open_trainer(RunFolder(tmp_path), build_config("gym:CartPole-v1", "tiny", {"steps": 40}), CPU)
    events = trainer.run()
    while not isinstance(next(events), StepTaken):
        pass
    os.kill(trainer.spec.pid, signal.SIGKILL)
    (recovered,) = [event for event in events if isinstance(event, Recovered)]
    trainer.close()
    assert "was killed by SIGKILL" in recovered.text
    assert trainer.counters.step == 40


def test_that_a_run_whose_environment_fails_while_it_is_opened_drops_the_running_episode(
    world: ToyWorld, tmp_path: Path
) -> None:
    trainer = toy_trainer(tmp_path)
    events = run_until(trainer, 2)
    while not (isinstance(event := next(events), StepTaken) and event.index == 4):
        pass
    stop(trainer, events)
    world.faults = {world.steps_taken + 2}
    resumed = toy_trainer(tmp_path)
    assert resumed.counters.step == resumed.store.steps == 21
    assert finish(resumed).counters.step == 60
