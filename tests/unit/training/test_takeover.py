"""A run that a trainer on another machine takes over, because its own trainer is silent."""

from __future__ import annotations

import contextlib
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from dreamer_studio.envs import WaitInterruptedError
from dreamer_studio.files import UNFINISHED
from dreamer_studio.runs.errors import RunError, RunLockedError, RunTakenOverError
from dreamer_studio.runs.last_failure import write_failure
from dreamer_studio.runs.lease import status
from dreamer_studio.runs.lease.status import TrainerState, read_status
from dreamer_studio.session import (
    ChangeSetting,
    Command,
    CommandRefusedError,
    Pause,
    Quit,
    SaveCheckpoint,
    SetPauseRules,
    Start,
    State,
    Stop,
)
from dreamer_studio.session.pause_rules import PauseRule
from dreamer_studio.training.events import StepTaken
from dreamer_studio.training.latest_image import write_latest_image
from dreamer_studio.training.trainer import Trainer
from tests.support.driven_session import Drive
from tests.support.resuming import assert_same
from tests.support.toy import ToyWorld, finish, run_until, toy_trainer
from tests.support.two_hosts import hashes, on_host, without_locks


@pytest.fixture
def two_hosts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let trainers see no locks, and beat only when their state changes."""
    without_locks(monkeypatch)
    on_host(monkeypatch, "first")
    monkeypatch.setattr(status, "BEAT_SECONDS", 3600.0)
    monkeypatch.setattr(status, "LEASE_SECONDS", 3600.0)


def take_over(path: Path, monkeypatch: pytest.MonkeyPatch) -> Trainer:
    """Open the run on another machine: refused while the first trainer is alive, allowed after its lease."""
    with monkeypatch.context() as there:
        on_host(there, "second")
        with pytest.raises(RunLockedError, match=r"by process \d+ on first, whose last sign of life is \d+ s old"):
            toy_trainer(path)
        there.setattr(status, "LEASE_SECONDS", 0.0)
        return toy_trainer(path)


@pytest.mark.usefixtures("two_hosts")
def test_that_a_run_continues_elsewhere_with_the_numbers_of_an_unbroken_one_and_the_first_trainer_writes_nothing(
    world: ToyWorld, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = {"eval_every": 20}
    straight = finish(toy_trainer(tmp_path / "straight", **settings))
    first = toy_trainer(tmp_path / "run", **settings)
    events = run_until(first, update=6)
    while not (isinstance(event := next(events), StepTaken) and event.index == 2):
        pass
    first.save()
    while not (isinstance(event := next(events), StepTaken) and event.index == 6):  # the episode ends with the next
        pass
    second = take_over(tmp_path / "run", monkeypatch)
    going = run_until(second, update=8)
    before = hashes(tmp_path / "run")
    with pytest.raises(RunTakenOverError, match=r"is now trained by process \d+ on second, which took over: this proc"):
        for _ in events:
            pass
    for write in (
        first.save,
        first.collecting.end_episode,
        lambda: first.change("horizon", 4),
        lambda: first.state.write("fault", {"text": "late", "in_a_row": 0}),
    ):
        with pytest.raises(RunTakenOverError):
            write()
    first.close()
    assert hashes(tmp_path / "run") == before
    for _ in going:
        pass
    second.close()
    assert_same(second, straight)
    ended = read_status(tmp_path / "run")
    assert ended is not None and (ended.owner.host, ended.fence, ended.held) == ("second", 2, False)


@pytest.mark.usefixtures("two_hosts", "world")
@pytest.mark.parametrize("writer", ["runs.checkpoint.sync", "files.os.fsync"], ids=["checkpoint", "episode"])
def test_that_a_write_fails_if_another_machine_took_over_in_the_middle(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, writer: str
) -> None:
    first = toy_trainer(tmp_path)
    events = run_until(first, update=2)
    while not (isinstance(event := next(events), StepTaken) and event.index == 6):  # the episode ends with the next
        pass
    found: list[tuple[Trainer, dict[str, str]]] = []
    patch = pytest.MonkeyPatch()

    def suspended(*_: object) -> None:
        patch.undo()
        second = take_over(tmp_path, monkeypatch)
        found.append((second, hashes(tmp_path)))

    patch.setattr(f"dreamer_studio.{writer}", suspended)
    with pytest.raises(RunTakenOverError):
        first.save() if "checkpoint" in writer else list(events)
    first.close()
    ((second, before),) = found
    assert hashes(tmp_path) == before
    second.close()


@pytest.mark.usefixtures("two_hosts", "world")
@pytest.mark.parametrize("name", ["checkpoint", "episode", "config.json", "latest.png"])
def test_that_a_write_fails_before_whose_first_system_call_another_machine_took_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    first = toy_trainer(tmp_path)
    events = run_until(first, update=2)
    while not (isinstance(event := next(events), StepTaken) and event.index == 6):  # the episode ends with the next
        pass
    writes: dict[str, Callable[[], object]] = {
        "checkpoint": first.save,
        "episode": lambda: list(events),
        "config.json": lambda: first.change("horizon", 4),
        "latest.png": lambda: write_latest_image(first.state, first.collecting.running.episode),
    }
    found: list[tuple[Trainer, dict[str, str]]] = []
    create = "mkdir" if name == "checkpoint" else "open"
    real = getattr(Path, create)
    patch = pytest.MonkeyPatch()

    def suspended(path: Path, *args: object, **kwargs: object) -> object:
        if path.suffix == UNFINISHED:
            patch.undo()
            second = take_over(tmp_path, monkeypatch)
            found.append((second, hashes(tmp_path)))
        return real(path, *args, **kwargs)

    patch.setattr(Path, create, suspended)
    with contextlib.suppress(RunTakenOverError):
        writes[name]()
    first.close()
    ((second, before),) = found
    assert hashes(tmp_path) == before
    second.close()


@pytest.mark.usefixtures("two_hosts")
@pytest.mark.parametrize(
    "command",
    [Start(), Stop(), SaveCheckpoint(), ChangeSetting("horizon", 4), SetPauseRules((PauseRule("step", bound=9e5),))],
    ids=lambda command: type(command).__name__,
)
def test_that_a_session_whose_run_was_taken_over_fails_with_one_line_and_writes_nothing(
    drive: Drive, monkeypatch: pytest.MonkeyPatch, command: Command
) -> None:
    driver = drive(steps=10**6)
    driver.wait_for(lambda now: now.update > 2)
    driver.ask(Pause())
    second = take_over(driver.path, monkeypatch)
    write_failure(second.folder, "of the second one")
    before = hashes(driver.path)
    if command == Start():
        driver.ask(command)
    else:
        with pytest.raises(RunTakenOverError):
            driver.ask(command)
    failure = driver.wait_for_state(State.FAILED).failure
    assert failure is not None and "on second, which took over" in failure.text and "\n" not in failure.text
    with pytest.raises(CommandRefusedError, match="is not open"):
        driver.ask(Start())  # the second one is alive
    failure = driver.session.status.get().failure
    assert failure is not None and type(failure.error) is RunLockedError
    driver.ask(Quit())
    driver.thread.join(20.0)
    assert hashes(driver.path) == before
    second.close()


@pytest.mark.usefixtures("two_hosts")
def test_that_a_paused_session_notices_by_itself_that_its_run_was_taken_over(
    drive: Drive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(status, "BEAT_SECONDS", 0.05)
    driver = drive(paused=True)
    driver.wait_for_state(State.PAUSED)
    second = take_over(driver.path, monkeypatch)
    assert isinstance(driver.wait_for_state(State.FAILED).failure.error, RunTakenOverError)  # type: ignore[union-attr]
    second.close()


def test_that_a_status_file_says_why_a_run_could_not_be_opened_unless_the_user_ended_the_wait(
    world: ToyWorld, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        raise WaitInterruptedError("the wait was ended")

    def ended() -> tuple[TrainerState, str, bool]:
        found = read_status(folder.path)
        assert found is not None
        return found.state, found.error, found.held

    folder = finish(toy_trainer(tmp_path / "run")).folder
    folder.episodes.rename(tmp_path / "elsewhere")
    with pytest.raises(RunError, match="no episode is left") as refused:
        toy_trainer(folder.path)
    assert ended() == (TrainerState.FAILED, str(refused.value), False)
    shutil.rmtree(folder.episodes)
    (tmp_path / "elsewhere").rename(folder.episodes)
    monkeypatch.setattr("dreamer_studio.training.opening.open_env", interrupted)
    with pytest.raises(WaitInterruptedError):
        toy_trainer(folder.path)
    assert ended() == (TrainerState.STOPPED, "", False)


def test_that_a_status_file_follows_a_session_and_says_how_it_ended(drive: Drive) -> None:
    driver = drive(paused=True, steps=30)
    driver.wait_for_state(State.PAUSED)

    def wait_for(state: TrainerState) -> status.RunStatus:
        deadline = time.monotonic() + 20.0
        while (found := read_status(driver.path)) is None or found.state is not state:
            assert time.monotonic() < deadline, found
            time.sleep(0.01)
        return found

    paused = wait_for(TrainerState.PAUSED)
    assert (paused.held, paused.step, paused.steps, paused.fence, paused.error) == (True, 0, 30, 1, "")
    driver.ask(Start())
    driver.wait_for_state(State.FINISHED)
    assert wait_for(TrainerState.FINISHED).held
    driver.ask(Quit())
    driver.thread.join(20.0)
    ended = read_status(driver.path)
    assert ended is not None and (ended.state, ended.held, ended.step) == (TrainerState.FINISHED, False, 30)
