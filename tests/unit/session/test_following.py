"""A session of a run that another process trains."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from dreamer_studio.runs.checkpoint_names import list_checkpoints
from dreamer_studio.runs.errors import RunError
from dreamer_studio.runs.folder import RunFolder
from dreamer_studio.runs.planning import plan_watching
from dreamer_studio.session import START, Quit, Session, Start, State, driver
from dreamer_studio.session.snapshot import Snapshot
from dreamer_studio.training.trainer import Trainer
from dreamer_studio.training.watching.watched_run import open_watched
from tests.support.driven_session import SECONDS
from tests.support.small_runs import CPU
from tests.support.toy import ToyWorld, run_until, toy_config, toy_trainer


@pytest.fixture
def trainer(world: ToyWorld, tmp_path: Path) -> Iterator[Trainer]:
    trainer = toy_trainer(tmp_path / "run", steps=100)
    run_until(trainer, 4)
    trainer.save()
    yield trainer
    trainer.close()


@pytest.fixture
def session(trainer: Trainer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Session]:
    """Return a session that watches the run of `trainer`, paused, and looks at its files at each turn."""
    monkeypatch.setattr(driver, "FOLLOW_SECONDS", 0.0)
    with watched(trainer.folder) as session:
        wait_for(lambda: session.status.get().state is State.PAUSED)
        yield session


@contextmanager
def watched(folder: RunFolder) -> Iterator[Session]:
    session = Session(lambda: open_watched(folder, CPU), toy_config(), folder.path, "cpu", paused=True)
    thread = threading.Thread(target=session.run)
    thread.start()
    try:
        yield session
    finally:
        session.submit(Quit())
        thread.join(SECONDS)
        assert not thread.is_alive()


def wait_for(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def train_on(trainer: Trainer, updates: int) -> None:
    run_until(trainer, trainer.counters.update + updates)
    trainer.save()


def snapshot_of(session: Session, update: int) -> Snapshot:
    def arrived() -> bool:
        session.snapshots.request()
        latest = session.snapshots.latest
        return latest is not None and latest.update == update

    wait_for(arrived)
    assert session.snapshots.latest is not None
    return session.snapshots.latest


def test_that_a_paused_session_follows_weights_episodes_and_rows(trainer: Trainer, session: Session) -> None:
    listed = session.stored_episodes()
    before = snapshot_of(session, 4)
    train_on(trainer, 6)
    after = snapshot_of(session, 10)
    assert any(not before.weights[name].equal(value) for name, value in after.weights.items())
    status = session.status.get()
    assert (status.state, status.update, status.step) == (State.PAUSED, 10, trainer.counters.step)
    assert session.stored_episodes().newest == trainer.store.newest > listed.newest
    assert len(session.rows_since(START)[0]) == len(trainer.log.rows)
    returned = trainer.log.history.last("train")
    assert returned is not None and status.last_return is not None
    assert status.last_return.total_reward == returned["return"]


def test_that_a_run_in_training_without_a_checkpoint_opens_with_the_first_one(
    world: ToyWorld, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(driver, "FOLLOW_SECONDS", 0.0)
    trainer = toy_trainer(tmp_path / "run")
    run_until(trainer, 3)
    trainer.log.flush()
    with watched(trainer.folder) as session:  # and closed while it waits
        wait_for(lambda: session.status.get().trainer is not None)
    with watched(trainer.folder) as session:
        wait_for(lambda: session.status.get().trainer is not None)
        status = session.status.get()
        assert (status.state, status.watching, status.spec) == (State.OPENING, True, None)
        wait_for(lambda: len(session.rows_since(START)[0]) == len(trainer.log.rows))
        trainer.save()
        wait_for(lambda: session.status.get().state is State.PAUSED)
        assert session.status.get().update == 3 and snapshot_of(session, 3).update == 3
        assert len(session.rows_since(START)[0]) == len(trainer.log.rows)
    trainer.close()


def test_that_a_run_whose_trainer_ended_before_its_first_checkpoint_cannot_be_watched(
    world: ToyWorld, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(driver, "FOLLOW_SECONDS", 0.0)
    trainer = toy_trainer(tmp_path / "run")
    assert plan_watching(trainer.folder.path).watch
    with watched(trainer.folder) as session:
        wait_for(lambda: session.status.get().trainer is not None)
        trainer.close()
        wait_for(lambda: session.status.get().state is State.FAILED)
        failure = session.status.get().failure
        assert failure is not None and "has no checkpoint yet" in failure.text
    with pytest.raises(RunError, match="has no checkpoint yet"):
        plan_watching(trainer.folder.path)


def test_that_the_log_may_know_more_of_the_trainers_progress_than_its_last_sign_of_life(
    trainer: Trainer, session: Session
) -> None:
    def told() -> tuple[int, int]:
        other = session.status.get().trainer
        return (other.step, other.update) if other is not None else (0, 0)

    run_until(trainer, 8)
    trainer.log.flush()
    logged = trainer.log.history.last("update")
    assert logged is not None
    wait_for(lambda: told() == (logged["step"], 8))


def test_that_nothing_is_read_for_a_hidden_window(trainer: Trainer, session: Session) -> None:
    session.set_watched(False)
    before = session.status.get().update
    train_on(trainer, 4)
    time.sleep(0.3)
    assert session.status.get().update == before
    session.set_watched(True)
    wait_for(lambda: session.status.get().update == trainer.counters.update)


def test_that_a_rewritten_log_is_handed_out_whole(trainer: Trainer, session: Session) -> None:
    rows, place = session.rows_since(START)
    log = trainer.folder.metrics_file
    log.with_name("other").write_bytes(b"".join(log.read_bytes().splitlines(keepends=True)[:-1]))
    log.with_name("other").replace(log)
    wait_for(lambda: session.rows_since(place)[1].opening > place.opening)
    assert session.rows_since(place)[0] == rows[:-1]


def test_that_the_weights_of_an_update_that_was_made_again_are_copied_again(trainer: Trainer, session: Session) -> None:
    before = snapshot_of(session, 4)
    (checkpoint,) = list_checkpoints(trainer.folder.checkpoints)
    again = Path(shutil.copytree(checkpoint, checkpoint.with_name("again")))
    shutil.rmtree(checkpoint)
    again.rename(checkpoint)
    wait_for(lambda: session.snapshots.latest is not before)
    assert snapshot_of(session, 4) is not before


def test_that_a_failed_player_still_follows(
    trainer: Trainer, session: Session, world: ToyWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise RuntimeError("no simulator here")

    monkeypatch.setattr("dreamer_studio.training.watching.watched_run.open_env", refuse)
    session.submit(Start()).result(SECONDS)
    wait_for(lambda: session.status.get().state is State.FAILED)
    train_on(trainer, 4)
    wait_for(lambda: session.status.get().update == trainer.counters.update)
    assert session.status.get().state is State.FAILED


def test_that_the_returns_of_different_weights_are_not_averaged(
    trainer: Trainer, session: Session, world: ToyWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = "dreamer_studio.training.watching.watched_run"
    monkeypatch.setattr(f"{name}.open_env", world.open)
    monkeypatch.setattr(f"{name}.STEP_SECONDS", 0.001)
    session.submit(Start()).result(SECONDS)

    def played(update: int, count: int) -> bool:
        found = session.status.get().played
        return found is not None and found.update == update and found.count >= count

    wait_for(lambda: played(4, 3))
    world.test_pays = 3.0
    train_on(trainer, 2)
    wait_for(lambda: played(6, 2))
    found = session.status.get().played
    assert found is not None and found.mean == pytest.approx(found.last)
