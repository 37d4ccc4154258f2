"""Stepping a paused training, whole or in parts, and slow motion."""

from __future__ import annotations

import itertools
import time
from pathlib import Path

import pytest
import torch

from dreamer_studio.runs.counters import Part, PartUpdates
from dreamer_studio.session import (
    START,
    CommandRefusedError,
    GoBack,
    MakeUpdates,
    Pause,
    Resume,
    SaveCheckpoint,
    SlowDown,
    Snapshot,
    State,
    Status,
)
from dreamer_studio.session.slow_motion import SlowMotion
from dreamer_studio.training.events import Event, PhaseBegins, UpdateDone
from tests.support.driven_session import Drive, Driver
from tests.support.toy import ToyWorld, comparable, finish, toy_trainer


def snapshot(driver: Driver) -> Snapshot:
    """Request the present weights, as a scene before and after a step does."""
    update = driver.session.status.get().update
    driver.session.snapshots.request()
    driver.wait_for(lambda _: (latest := driver.session.snapshots.latest) is not None and latest.update == update)
    latest = driver.session.snapshots.latest
    assert latest is not None
    return latest


def changed_parts(before: Snapshot, after: Snapshot) -> set[str]:
    names = {name for name, value in before.weights.items() if not torch.equal(value, after.weights[name])}
    return {name.partition(".")[0] for name in names}


def step(driver: Driver, command: MakeUpdates) -> str:
    answer = driver.ask(command)
    driver.wait_for_state(State.PAUSED)
    return answer


def test_that_a_run_stepped_by_some_updates_goes_as_an_unbroken_one(
    drive: Drive, world: ToyWorld, tmp_path: Path
) -> None:
    alone = finish(toy_trainer(tmp_path / "alone"))
    driver = drive(paused=True)
    driver.wait_for_state(State.PAUSED)
    assert step(driver, MakeUpdates(3)) == "Running until 3 more updates are done"
    assert driver.session.status.get().update == 3
    step(driver, MakeUpdates())
    assert driver.session.status.get().update == 4
    driver.ask(Resume())
    driver.wait_for_state(State.FINISHED)
    assert comparable(driver.session.rows_since(START)[0]) == comparable(alone.log.rows)
    assert driver.trainer is not None
    for name, value in driver.trainer.agent.state_dict().items():
        assert torch.equal(value, alone.agent.state_dict()[name]), name


def test_that_a_paused_training_trains_single_parts_and_its_status_says_so(drive: Drive) -> None:
    driver = drive(paused=True)
    driver.wait_for_state(State.PAUSED)
    with pytest.raises(CommandRefusedError, match="prefill"):
        driver.ask(MakeUpdates(1, "actor"))
    step(driver, MakeUpdates(2))
    driver.ask(SaveCheckpoint())
    environment_step = driver.session.status.get().step
    parts: dict[Part, str] = {"model": "world_model", "actor": "actor", "value": "value"}
    for part, name in parts.items():
        before = snapshot(driver)
        assert step(driver, MakeUpdates(2, part)).startswith("Training only the ")
        after = snapshot(driver)
        assert changed_parts(before, after) == {name}
        assert after.update == before.update + 2
    status = driver.session.status.get()
    assert (status.part_updates, status.step) == (PartUpdates(2, 2, 2), environment_step)
    assert after.part_updates == PartUpdates(2, 2, 2)
    assert driver.ask(GoBack()) == "Back at update 2; Resume continues from there"
    assert driver.session.status.get().part_updates.total == 0
    assert [row for row in driver.session.rows_since(START)[0] if row["kind"] == "part"] == []
    driver.ask(Resume())
    driver.wait_for_state(State.FINISHED)
    with pytest.raises(CommandRefusedError, match="only while the training is paused"):
        driver.ask(MakeUpdates(1, "model"))


def test_that_a_pause_ends_the_training_of_a_part_and_resume_trains_all(drive: Drive) -> None:
    driver = drive(paused=True, steps=10**6)
    driver.wait_for_state(State.PAUSED)
    step(driver, MakeUpdates())
    driver.ask(SlowDown(20))
    driver.ask(MakeUpdates(1000, "value"))
    with pytest.raises(CommandRefusedError, match="only while the training is paused"):
        driver.ask(MakeUpdates(1, "value"))
    driver.wait_for(lambda status: status.part_updates.value > 0)
    driver.ask(Pause())
    made = driver.session.status.get().part_updates
    driver.ask(SlowDown(0))
    step(driver, MakeUpdates())
    assert driver.session.status.get().part_updates == made
    for updates in (0, 1001):
        with pytest.raises(CommandRefusedError, match="1 to 1,000 updates"):
            driver.ask(MakeUpdates(updates))


def test_that_slow_motion_names_each_phase_and_changes_no_number(
    drive: Drive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = finish(toy_trainer(tmp_path / "alone", steps=30))
    driver = drive(paused=True, steps=30)
    driver.wait_for_state(State.PAUSED)
    with pytest.raises(CommandRefusedError, match="0 to 10,000 ms"):
        driver.ask(SlowDown(-1))
    step(driver, MakeUpdates())
    assert driver.ask(SlowDown(25)) == "Slow motion: 25 ms before each phase"
    published: list[tuple[Status, float]] = []
    put = driver.session.status.put

    def note_and_put(status: Status) -> None:
        published.append((status, time.monotonic()))
        put(status)

    with monkeypatch.context() as patch:
        patch.setattr(driver.session.status, "put", note_and_put)
        step(driver, MakeUpdates())
    phases = [(status.phase, at) for status, at in published if status.state is State.RUNNING]
    update = ["world model", "world model gradient", "imagination", "behavior gradient", "optimizers"]
    assert [phase for phase, _ in phases][-5:] == update
    times = [at for _, at in phases[-5:]] + [published[-1][1]]
    assert all(later - earlier >= 0.025 for earlier, later in itertools.pairwise(times))
    assert {status.slow_ms for status, _ in published} == {25}
    assert driver.ask(SlowDown(0)) == "Full speed"
    driver.ask(Resume())
    driver.wait_for_state(State.FINISHED)
    assert comparable(driver.session.rows_since(START)[0]) == comparable(alone.log.rows)


def test_that_only_phases_wait_and_only_in_slow_motion() -> None:
    now = [5.0]
    slow = SlowMotion(lambda: now[0])
    phase, update = PhaseBegins("imagination"), UpdateDone({})

    def wait(event: Event) -> float:
        slow.look(event)
        return slow.seconds_left

    assert wait(phase) == 0
    slow.set(500)
    assert (wait(update), wait(phase)) == (0, 0.5)
    now[0] += 0.2
    assert slow.seconds_left == pytest.approx(0.3)
    slow.set(100)
    assert slow.seconds_left == 0
