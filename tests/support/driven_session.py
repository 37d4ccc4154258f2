"""Sessions that run in threads, for tests that send them commands."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from dreamer_studio.runs.folder import RunFolder
from dreamer_studio.session import (
    Command,
    MakeUpdates,
    Quit,
    Session,
    State,
    Status,
)
from dreamer_studio.training.events import Event
from dreamer_studio.training.opening import open_trainer
from dreamer_studio.training.trainer import Trainer
from tests.support.small_runs import CPU
from tests.support.toy import ToyWorld, toy_config

SECONDS = 20.0
Hook = Callable[[Event], None]


class Driver:
    """A session with its thread; `hook` is called in that thread, before each event is reported."""

    def __init__(self, path: Path, *, hook: Hook | None = None, paused: bool = False, **settings: object) -> None:
        self.trainer: Trainer | None = None
        self.faults_of_opening = 0
        self.gate = threading.Event()
        self.gate.set()
        self._hook = hook
        self.path, self._settings = path, settings
        self.session = Session(self._open, toy_config(**settings), path, "cpu", paused=paused)
        self.thread = threading.Thread(target=self.session.run)

    def ask(self, command: Command) -> str:
        return self.session.submit(command).result(SECONDS)

    def wait_for(self, condition: Callable[[Status], bool]) -> Status:
        deadline = time.monotonic() + SECONDS
        while not condition(status := self.session.status.get()):
            assert time.monotonic() < deadline, status
            time.sleep(0.005)
        return status

    def wait_for_state(self, state: State) -> Status:
        return self.wait_for(lambda status: status.state is state)

    def make_an_update(self) -> None:
        """Train from one pause to the next."""
        self.ask(MakeUpdates())
        self.wait_for_state(State.PAUSED)

    def _open(self) -> Trainer:
        assert self.gate.wait(SECONDS)
        if self.faults_of_opening:
            self.faults_of_opening -= 1
            raise OSError("no room")
        trainer = self.trainer = open_trainer(RunFolder(self.path), toy_config(**self._settings), CPU)
        if self._hook is not None:
            run, hook = trainer.run, self._hook

            def hooked() -> Iterator[Event]:
                for event in run():
                    hook(event)
                    yield event

            trainer.run = hooked  # type: ignore[method-assign]
        return trainer


Drive = Callable[..., Driver]


@pytest.fixture
def drive(world: ToyWorld, tmp_path: Path) -> Iterator[Drive]:
    drivers: list[Driver] = []

    def make(*, hook: Hook | None = None, paused: bool = False, start: bool = True, **settings: object) -> Driver:
        driver = Driver(tmp_path / f"run{len(drivers)}", hook=hook, paused=paused, **settings)
        drivers.append(driver)
        if start:
            driver.thread.start()
        return driver

    yield make
    for driver in drivers:
        driver.gate.set()
        driver.session.submit(Quit(save=False))
        if driver.thread.ident is not None:
            driver.thread.join(SECONDS)
            assert not driver.thread.is_alive()
