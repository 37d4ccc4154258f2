"""A training that takes commands."""

from __future__ import annotations

import dataclasses
import errno
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from dreamer_studio.config import ConfigError, options
from dreamer_studio.replay import GrowingEpisode, PlayedTest
from dreamer_studio.runs.checkpoint_names import list_checkpoints
from dreamer_studio.runs.errors import StorageError
from dreamer_studio.runs.folder import RunFolder
from dreamer_studio.runs.judgments.files import keep_judgment, read_judgments
from dreamer_studio.runs.last_failure import read_failure
from dreamer_studio.session import (
    START,
    ChangeSetting,
    Command,
    CommandRefusedError,
    GoBack,
    MakeUpdates,
    Pause,
    Quit,
    Resume,
    SaveCheckpoint,
    SetPauseRules,
    Start,
    State,
    Stop,
)
from dreamer_studio.session.snapshot import Snapshot
from dreamer_studio.training.errors import NotFiniteError
from dreamer_studio.training.events import Event, PhaseBegins, StepTaken, UpdateDone, since_break
from dreamer_studio.training.faults import environment
from tests.support.boards import check_board
from tests.support.driven_session import SECONDS, Drive, Driver, Hook
from tests.support.judgments import kept
from tests.support.toy import ToyWorld, comparable, finish, toy_trainer


def on(event: Event, do: Callable[[], object], times: int = 1) -> Hook:
    """Return a hook that does something at the first occurrences of an event."""
    left = [times]

    def hook(seen: Event) -> None:
        if seen == event and left[0]:
            left[0] -= 1
            do()

    return hook


def submit_at(phase: str, *commands: Command) -> tuple[Hook, list[Driver], list[Future[str]]]:
    """Return a hook that submits commands when a phase begins, a list for the driver, and the answers."""
    driver: list[Driver] = []
    answers: list[Future[str]] = []

    def do() -> None:
        answers.extend(driver[0].session.submit(command) for command in commands)

    return on(PhaseBegins(phase), do), driver, answers  # type: ignore[arg-type]


def rows(driver: Driver, kind: str) -> list[dict[str, object]]:
    return [row for row in driver.session.rows_since(START)[0] if row["kind"] == kind]


def test_that_a_session_trains_to_the_end_like_a_trainer_alone(drive: Drive, tmp_path: Path) -> None:
    driver = drive()
    status = driver.wait_for_state(State.FINISHED)
    alone = finish(toy_trainer(tmp_path / "alone"))
    assert comparable(driver.session.rows_since(START)[0]) == comparable(alone.log.rows)
    assert (status.step, status.update, status.prefill) == (60, alone.counters.update, False)
    assert status.replay_steps == 56
    assert status.last_return == (28.0, 56, "terminated")
    steps, number = driver.session.steps.since(0)
    assert [step.index for step in steps][:9] == [0, 1, 2, 3, 4, 5, 6, 7, 0]
    assert driver.session.steps.since(number) == ([], number)
    with pytest.raises(CommandRefusedError, match="All environment steps of this run are done"):
        driver.ask(Start())


def test_that_the_end_of_the_last_episode_is_unknown_if_the_log_does_not_say_it(drive: Drive, tmp_path: Path) -> None:
    log = finish(toy_trainer(tmp_path / "run0")).folder.metrics_file
    log.write_text(log.read_text().replace(', "end": "terminated"', ""))
    status = drive().wait_for_state(State.FINISHED)
    assert status.last_return == (28.0, 56, None)


@pytest.mark.parametrize("phase", ["world model", "imagination", "behavior gradient", "optimizers", "prefill"])
def test_that_a_pause_holds_at_this_phase_and_changes_no_number(drive: Drive, tmp_path: Path, phase: str) -> None:
    hook, cell, _ = submit_at(phase, Pause())
    driver = drive(hook=hook, start=False, steps=30)
    cell.append(driver)
    driver.thread.start()
    status = driver.wait_for_state(State.PAUSED)
    assert status.phase == phase
    before = (status.step, status.update)
    assert driver.ask(SaveCheckpoint()).startswith("Checkpoint saved")
    status = driver.session.status.get()
    assert (status.step, status.update, status.state) == (*before, State.PAUSED)
    assert driver.ask(Resume()) == "Training"
    driver.wait_for_state(State.FINISHED)
    alone = finish(toy_trainer(tmp_path / "alone", steps=30))
    assert comparable(driver.session.rows_since(START)[0]) == comparable(alone.log.rows)


def test_that_every_command_is_answered_once_in_every_state(drive: Drive) -> None:
    commands = (
        Start(),
        Pause(),
        Resume(),
        MakeUpdates(),
        ChangeSetting("horizon", 4),
        ChangeSetting("horizon", 99),
        SaveCheckpoint(),
        Stop(),
    )
    driver = drive(paused=True, steps=10**6)
    for lead in (Start(), Pause(), Stop()):
        driver.ask(lead)
        futures = [driver.session.submit(command) for command in commands]
        for command, future in zip(commands, futures, strict=True):
            error = future.exception(SECONDS)
            if command == ChangeSetting("horizon", 99):
                assert isinstance(error, ConfigError)
            else:
                assert error is None or isinstance(error, CommandRefusedError), command
        driver.ask(Start())
    assert "checkpoint saved" in driver.ask(Quit())
    driver.thread.join(SECONDS)
    assert driver.session.status.get().state is State.CLOSED
    for command in (*commands, Quit()):
        with pytest.raises(CommandRefusedError, match="closed"):
            driver.ask(command)


def test_that_commands_that_wait_when_the_session_closes_are_refused(drive: Drive) -> None:
    driver = drive(start=False)
    driver.gate.clear()
    driver.thread.start()
    futures = [driver.session.submit(command) for command in (Quit(save=False), Pause(), SaveCheckpoint())]
    driver.gate.set()
    assert futures[0].result(SECONDS) == "Closed without saving"
    assert all(isinstance(future.exception(SECONDS), CommandRefusedError) for future in futures[1:])
    driver.thread.join(SECONDS)
    assert not driver.thread.is_alive()


def test_that_quitting_while_it_opens_ends_the_session_and_its_environment(drive: Drive, world: ToyWorld) -> None:
    driver = drive(start=False)
    driver.gate.clear()
    driver.thread.start()
    assert driver.session.status.get().state is State.OPENING
    answer = driver.session.submit(Quit())
    driver.gate.set()
    assert "checkpoint saved" in answer.result(SECONDS)
    driver.thread.join(SECONDS)
    assert driver.session.status.get().state is State.CLOSED
    assert [env.closed for env in world.opened] == [True]
    assert driver.session.steps.since(0) == ([], 0)


def test_that_a_canceled_command_does_not_disturb_the_next_one(drive: Drive) -> None:
    driver = drive(paused=True, start=False)
    driver.gate.clear()
    driver.thread.start()
    assert driver.session.submit(SaveCheckpoint()).cancel()
    driver.gate.set()
    assert driver.ask(ChangeSetting("horizon", 9)).startswith("horizon 3 ")


def test_that_update_once_makes_one_update_with_the_steps_due_before_it(drive: Drive) -> None:
    driver = drive(paused=True)
    driver.wait_for_state(State.PAUSED)
    for update in (1, 2, 3):
        assert driver.ask(MakeUpdates()) == "Running until one more update is done"
        assert driver.wait_for_state(State.PAUSED).update == update
    assert driver.session.status.get().step == 26  # the prefill's 21, and 5 for the third update


def test_that_pausing_and_resuming_cancels_a_single_update(drive: Drive) -> None:
    hook, cell, _ = submit_at("imagination", Pause())
    driver = drive(hook=hook, paused=True, start=False)
    cell.append(driver)
    driver.thread.start()
    driver.ask(MakeUpdates())
    driver.wait_for(lambda status: status.phase == "imagination" and status.state is State.PAUSED)
    driver.ask(Resume())
    driver.wait_for_state(State.FINISHED)


def test_that_a_horizon_changed_in_mid_update_is_logged_and_used_by_the_next_update(drive: Drive) -> None:
    hook, cell, answers = submit_at("imagination", ChangeSetting("horizon", 8))
    driver = drive(hook=hook, start=False)
    cell.append(driver)
    driver.thread.start()
    driver.wait_for_state(State.FINISHED)
    assert "3 \N{RIGHTWARDS ARROW} 8" in answers[0].result(SECONDS)
    (change,) = rows(driver, "change")
    assert (change["name"], change["before"], change["after"], change["update"]) == ("horizon", 3, 8, 0)
    assert [row["horizon"] for row in rows(driver, "update")][:3] == [3, 8, 8]
    assert driver.session.status.get().config.horizon == 8


OTHER_VALUES: dict[type, Callable[[Any], Any]] = {
    bool: lambda value: not value,
    int: lambda value: value + 1,
    float: lambda value: value / 2 or 0.5,
    str: lambda _: "bfloat16",
}
CHANGEABLE = [option.name for option in options() if not option.fixed]


@pytest.mark.parametrize("name", CHANGEABLE)
def test_that_a_changed_setting_is_logged_and_survives_going_back_and_a_kill(
    name: str, drive: Drive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch, "compile", lambda function: function)  # the real one takes seconds to load
    driver = drive(paused=True, prefill=5)
    status = driver.wait_for_state(State.PAUSED)
    before = getattr(status.config, name)
    after = OTHER_VALUES[type(before)](before)
    assert driver.ask(ChangeSetting(name, after)).startswith(f"{name} {before} \N{RIGHTWARDS ARROW} {after}")
    assert driver.ask(ChangeSetting(name, after)) == f"{name} is already {after}"
    driver.ask(SaveCheckpoint())
    assert driver.ask(GoBack()).startswith("Back at update 0")
    assert getattr(driver.session.status.get().config, name) == after
    driver.ask(Quit(save=False))
    driver.thread.join(SECONDS)
    (row,) = rows(driver, "change")
    assert (row["name"], row["before"], row["after"]) == (name, before, after)
    again = toy_trainer(status.folder)
    again.close()
    assert getattr(again.config, name) == after
    assert [row["name"] for row in again.log.rows if row["kind"] == "change"] == [name]


def test_that_a_finished_training_can_continue_after_its_steps_are_raised(drive: Drive) -> None:
    driver = drive()
    driver.wait_for_state(State.FINISHED)
    with pytest.raises(CommandRefusedError, match="All environment steps"):
        driver.ask(Start())
    driver.ask(ChangeSetting("steps", 70))
    assert driver.session.status.get().state is State.PAUSED
    driver.ask(Start())
    assert driver.wait_for_state(State.FINISHED).step == 70


def test_that_a_fault_of_the_environment_is_reported_and_training_continues(drive: Drive, world: ToyWorld) -> None:
    world.faults = {25}
    driver = drive()
    status = driver.wait_for_state(State.FINISHED)
    assert (status.step, status.failure) == (60, None)
    (recovered,), _ = driver.session.recoveries.since(0)
    assert "the toy broke" in recovered.text and recovered.details == "Traceback of the toy"


def test_that_a_checkpoint_set_aside_on_opening_is_reported_once(drive: Drive) -> None:
    driver = drive(start=False)
    run = driver.session.status.get().folder
    trainer = toy_trainer(run)
    trainer.save()
    trainer.close()
    (whole,) = list_checkpoints(run / "checkpoints")
    whole.with_name("900000-step-1-update-1").mkdir()
    driver.thread.start()
    driver.wait_for_state(State.FINISHED)
    (recovered,), _ = driver.session.recoveries.since(0)
    assert "it was set aside" in recovered.text


def test_that_an_environment_that_keeps_failing_pauses_training_with_the_reason_and_resume_tries_again(
    drive: Drive, world: ToyWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(environment, "FIRST_WAIT_SECONDS", 0.0)
    world.faults = set(range(25, 31))
    driver = drive()
    status = driver.wait_for_state(State.PAUSED)
    assert status.failure is not None
    assert "6 times in a row" in status.failure.text and "the toy broke" in status.failure.text
    assert status.step == status.replay_steps == 21  # the broken episodes' steps do not count
    assert status.failure.details == "Traceback of the toy"
    assert all(env.closed for env in world.opened)
    assert read_failure(RunFolder(driver.path)) == status.failure.text
    assert driver.ask(Resume()) == "Training"
    assert not read_failure(RunFolder(driver.path))
    status = driver.wait_for_state(State.FINISHED)
    assert (status.step, status.failure) == (60, None)
    assert driver.thread.is_alive()


def test_that_repeated_updates_that_are_not_finite_pause_training_which_can_go_back_to_the_last_checkpoint(
    drive: Drive, monkeypatch: pytest.MonkeyPatch
) -> None:
    driver = drive(paused=True)
    driver.wait_for_state(State.PAUSED)
    with pytest.raises(CommandRefusedError, match="no checkpoint yet"):
        driver.ask(GoBack())
    for _ in range(2):
        driver.make_an_update()
    driver.ask(SaveCheckpoint())
    driver.ask(ChangeSetting("horizon", 4))
    driver.make_an_update()
    _, place = driver.session.rows_since(START)
    with monkeypatch.context() as patch:
        patch.setattr("dreamer_studio.dreamer.learner._not_finite", lambda *_: ("actor_loss",))
        driver.ask(Resume())
        status = driver.wait_for(lambda status: status.failure is not None)
    assert status.state is State.PAUSED and status.update == 3
    assert isinstance(status.failure and status.failure.error, NotFiniteError)
    with pytest.raises(NotFiniteError):
        driver.ask(SaveCheckpoint())
    skipped, place = driver.session.rows_since(place)
    assert [row["in_a_row"] for row in skipped if row["kind"] == "skipped"] == [1, 2, 3, 4, 5]
    assert driver.ask(GoBack()) == "Back at update 2; Resume continues from there"
    status = driver.session.status.get()
    assert (status.state, status.update, status.failure, status.config.horizon) == (State.PAUSED, 2, None, 4)
    driver.ask(Resume())
    status = driver.wait_for_state(State.FINISHED)
    assert driver.session.rows_since(place) == driver.session.rows_since(START)
    assert [row["update"] for row in rows(driver, "update")] == list(range(1, status.update + 1))
    check_board(RunFolder(status.folder))


def test_that_after_going_back_viewers_get_new_weights_and_nothing_made_with_the_old_ones(drive: Drive) -> None:
    driver = drive(paused=True)
    driver.wait_for_state(State.PAUSED)
    driver.make_an_update()
    driver.ask(SaveCheckpoint())
    driver.make_an_update()
    before = newest_snapshot(driver)
    assert before.update == 2
    played, folder = driver.session.played_tests, driver.session.status.get().folder
    for update in (1, 2):
        played.add(PlayedTest(update, 0, GrowingEpisode(1)))
        keep_judgment(RunFolder(folder).judgments, kept(update))
    driver.ask(GoBack())
    assert [one.update for one in played.all] == [1]
    assert [one.update for one in read_judgments(RunFolder(folder).judgments)] == [1]
    driver.ask(ChangeSetting("model_lr", 0.01))
    driver.make_an_update()
    again = newest_snapshot(driver)
    assert again.update == 2
    assert any(not torch.equal(before.weights[name], again.weights[name]) for name in again.weights)


def newest_snapshot(driver: Driver) -> Snapshot:
    """Request a snapshot of the paused training, and return the newest one."""
    driver.session.snapshots.request()
    driver.ask(SetPauseRules(()))  # publishes the status, and with it a snapshot
    latest = driver.session.snapshots.latest
    assert latest is not None
    return latest


def test_that_after_going_back_the_feed_has_the_running_episode_up_to_the_checkpoint(drive: Drive) -> None:
    driver = drive(paused=True, steps=10**6, train_every=1, train_steps=1, update_blocks=False)
    driver.wait_for_state(State.PAUSED)

    def running() -> list[StepTaken]:
        episode = driver.session.status.get().episode
        return since_break([step for step in driver.session.steps.since(0)[0] if step.episode == episode])

    while driver.session.status.get().episode_step != 3:
        driver.make_an_update()
    driver.ask(SaveCheckpoint())
    before = running()
    while driver.session.status.get().episode_step == 3:
        driver.make_an_update()
    driver.ask(GoBack())
    after = running()
    assert [step.index for step in after] == list(range(len(before)))
    for one, other in zip(before, after, strict=True):
        for name, value in dataclasses.asdict(one.time_step).items():
            np.testing.assert_array_equal(getattr(other.time_step, name), value)
    status = driver.session.status.get()
    assert (status.episode, status.episode_step) == (after[-1].episode, after[-1].index)


def test_that_after_going_back_the_feed_is_empty_if_the_running_episode_has_been_stored(drive: Drive) -> None:
    driver = drive(paused=True, steps=10**6, train_every=1, train_steps=1, update_blocks=False)
    driver.wait_for_state(State.PAUSED)
    while (saved := driver.session.status.get()).episode_step != 3:
        driver.make_an_update()
    driver.ask(SaveCheckpoint())
    while driver.session.status.get().episode < saved.episode + 2:  # the one that ran is stored by now
        driver.make_an_update()
    driver.ask(GoBack())
    status = driver.session.status.get()
    assert (status.episode, status.episode_step) == (status.replay_newest + 1, 0)
    assert driver.session.steps.since(0)[0] == []


def test_that_start_after_a_failed_go_back_opens_the_run_with_its_settings_and_log(
    drive: Drive, monkeypatch: pytest.MonkeyPatch
) -> None:
    driver = drive(paused=True)
    driver.wait_for_state(State.PAUSED)
    driver.make_an_update()
    driver.ask(SaveCheckpoint())
    driver.ask(ChangeSetting("horizon", 4))
    driver.make_an_update()
    read = driver.session.rows_since(START)

    def no_room(*_: object) -> None:
        raise OSError("no room")

    with monkeypatch.context() as patch:
        patch.setattr("dreamer_studio.training.opening.open_env", no_room)
        with pytest.raises(OSError, match="no room"):
            driver.ask(GoBack())
    assert driver.wait_for_state(State.FAILED).config.horizon == 4
    assert driver.session.rows_since(START) == read
    assert driver.ask(Start()) == "Training"
    status = driver.wait_for_state(State.FINISHED)
    assert status.config.horizon == RunFolder(status.folder).read().horizon == 4
    assert [row["after"] for row in rows(driver, "change")] == [4]
    assert [row["update"] for row in rows(driver, "update")] == list(range(1, status.update + 1))


def test_that_an_error_in_an_update_is_the_state_failed_with_a_traceback(drive: Drive) -> None:
    def fail() -> None:
        raise RuntimeError("out of memory")

    driver = drive(hook=on(PhaseBegins("optimizers"), fail))
    status = driver.wait_for_state(State.FAILED)
    assert status.failure is not None and "out of memory" in status.failure.text
    assert "Traceback" in status.failure.details and "in fail" in status.failure.details
    assert "out of memory" in read_failure(RunFolder(driver.path))
    driver.ask(Resume())
    driver.wait_for_state(State.FINISHED)


def test_that_a_failed_opening_is_the_state_failed_and_start_tries_again(drive: Drive) -> None:
    driver = drive(start=False, paused=True)
    driver.faults_of_opening = 2
    driver.thread.start()
    status = driver.wait_for_state(State.FAILED)
    assert status.failure is not None and status.failure.text == "OSError: no room"
    for command in (SaveCheckpoint(), Start()):
        with pytest.raises(CommandRefusedError):
            driver.ask(command)
    assert driver.session.status.get().state is State.FAILED
    assert driver.ask(Start()) == "Training"
    driver.wait_for_state(State.FINISHED)


def test_that_a_stop_saves_and_ends_the_environments_and_start_continues_to_the_same_numbers(
    drive: Drive, world: ToyWorld, tmp_path: Path
) -> None:
    hook, cell, answers = submit_at("collecting", Stop())
    driver = drive(hook=hook, start=False)
    cell.append(driver)
    driver.thread.start()
    status = driver.wait_for_state(State.STOPPED)
    assert "checkpoint saved" in answers[0].result(SECONDS)
    assert all(env.closed for env in world.opened)
    assert status.saved is not None and status.saved[0] == status.update
    assert driver.trainer is not None
    assert len(list_checkpoints(driver.trainer.folder.checkpoints)) == 1
    driver.ask(Start())
    driver.wait_for_state(State.FINISHED)
    alone = finish(toy_trainer(tmp_path / "alone"))
    assert comparable(driver.session.rows_since(START)[0]) == comparable(alone.log.rows)


def test_that_a_snapshot_requested_while_paused_arrives_and_never_changes(drive: Drive) -> None:
    driver = drive(paused=True)
    driver.wait_for_state(State.PAUSED)
    assert driver.session.snapshots.latest is None  # nobody asked
    driver.session.snapshots.request()
    driver.wait_for(lambda _: driver.session.snapshots.latest is not None)
    snapshot = driver.session.snapshots.latest
    assert snapshot is not None and snapshot.update == 0
    kept = {name: value.clone() for name, value in snapshot.weights.items()}
    driver.ask(Start())
    driver.wait_for_state(State.FINISHED)
    assert all(torch.equal(value, kept[name]) for name, value in snapshot.weights.items())
    driver.session.snapshots.request()
    driver.wait_for(lambda status: driver.session.snapshots.latest is not snapshot)
    newest = driver.session.snapshots.latest
    assert newest is not None and driver.trainer is not None
    assert newest.update == driver.trainer.counters.update
    assert all(torch.equal(value, newest.weights[name]) for name, value in driver.trainer.agent.state_dict().items())


def test_that_a_snapshot_that_cannot_be_made_does_not_stop_training(
    drive: Drive, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[bool] = []

    def out_of_memory(*_: object) -> None:
        tried.append(True)
        raise MemoryError

    driver = drive(start=False)
    monkeypatch.setattr(driver.session.snapshots, "offer", out_of_memory)
    driver.session.snapshots.request()
    driver.thread.start()
    driver.wait_for_state(State.FINISHED)
    assert tried


def test_that_quitting_fails_on_a_full_disk_unless_it_gives_up_the_checkpoint(
    drive: Drive, monkeypatch: pytest.MonkeyPatch
) -> None:
    driver = drive()
    driver.wait_for(lambda status: status.update > 1)

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("dreamer_studio.training.saving.save_checkpoint", full)
    with pytest.raises(OSError, match="No space"):
        driver.ask(Quit())
    status = driver.wait_for(lambda status: status.state is State.FAILED)
    assert status.failure is not None and "No space" in status.failure.text
    driver.ask(Quit(save=False))
    driver.wait_for(lambda status: status.state is State.CLOSED)


@pytest.mark.parametrize("command", [Stop(), Quit()])
def test_that_a_training_that_waited_for_the_disk_ends_without_a_failure_if_its_checkpoint_is_saved(
    drive: Drive, command: Command
) -> None:
    def fail() -> None:
        raise StorageError(errno.ENOSPC, "No space left on device: make room on that disk")

    driver = drive(hook=on(PhaseBegins("optimizers"), fail))
    driver.wait_for_state(State.WAITING)
    assert "checkpoint saved" in driver.ask(command)
    status = driver.wait_for_state(State.CLOSED if isinstance(command, Quit) else State.STOPPED)
    assert status.failure is None


def test_that_a_failed_training_keeps_its_failure_even_if_its_checkpoint_is_saved_at_the_end(drive: Drive) -> None:
    def fail() -> None:
        raise RuntimeError("out of memory")

    driver = drive(hook=on(PhaseBegins("optimizers"), fail))
    driver.wait_for_state(State.FAILED)
    assert "checkpoint saved" in driver.ask(Quit())
    assert driver.wait_for_state(State.CLOSED).failure is not None


def test_that_requesting_snapshots_changes_no_number(drive: Drive, tmp_path: Path) -> None:
    cell: list[Driver] = []

    def hook(event: Event) -> None:
        if isinstance(event, StepTaken | UpdateDone):
            cell[0].session.snapshots.request()

    driver = drive(hook=hook, start=False)
    cell.append(driver)
    driver.thread.start()
    driver.wait_for_state(State.FINISHED)
    alone = finish(toy_trainer(tmp_path / "alone"))
    assert comparable(driver.session.rows_since(START)[0]) == comparable(alone.log.rows)
